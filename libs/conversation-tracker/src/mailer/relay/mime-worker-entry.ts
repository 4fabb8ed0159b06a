/**
 * What runs inside of a worker: `scripts/generate-worker.mjs` makes one script of it and of all that it imports, so that it is
 * the same from source, from both builds and under a test runner.
 */
import { parentPort } from 'node:worker_threads';
import { type RelayOutcome } from '../../message/relay/relay-job.js';
import { type HandedPiece, worthHandingOver } from './handed-copies.js';
import { doMimeTask, type MimeTask } from './mime-task.js';

parentPort?.on('message', (task: MimeTask) => {
  const done = doMimeTask(task);
  if (done.kind !== 'relay' || task.kind !== 'relay') {
    parentPort?.postMessage(done, []);
    return;
  }
  const { outcome, buffers } = handedOver(done.outcome, task.job.raw);
  parentPort?.postMessage({ kind: 'relay', outcome }, worthHandingOver(buffers));
});

/** With octets of its own, which are not copied on their way out; what is shared is told by its place. */
function handedOver(outcome: RelayOutcome, raw: Uint8Array) {
  const buffers: ArrayBuffer[] = [];
  const hand = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
    const own = ownBytes(bytes);
    buffers.push(own.buffer);
    return own;
  };
  const copies = outcome.copies.map((copy) => {
    if (!('pieces' in copy)) return copy;
    const { key, pieces, replaced, notes } = copy;
    const handed: HandedPiece[] = [];
    let written: Buffer[] = [];
    const flush = () => {
      if (written.length > 0) handed.push(hand(Buffer.concat(written)));
      written = [];
    };
    for (const piece of pieces) {
      if (piece.buffer === raw.buffer && raw.buffer instanceof SharedArrayBuffer) {
        flush();
        const start = piece.byteOffset - raw.byteOffset;
        handed.push({ start, end: start + piece.length });
      } else written.push(piece);
    }
    flush();
    return { key, pieces: handed, replaced, notes };
  });
  const attachments = outcome.attachments.map((one) => (one.bytes ? { ...one, bytes: hand(one.bytes) } : one));
  return { outcome: { ...outcome, attachments, copies }, buffers };
}

/** Node.js cuts small buffers from one that they share, which cannot be handed over. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const isWhole = bytes.byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
  return isWhole ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
