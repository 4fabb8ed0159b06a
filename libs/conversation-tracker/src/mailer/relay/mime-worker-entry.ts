/**
 * What runs inside of a worker: `scripts/generate-worker.mjs` makes one script of it and of all that it imports, so that it is
 * the same from source, from both builds and under a test runner.
 */
import { parentPort } from 'node:worker_threads';
import { type RelayOutcome } from '../../message/relay/relay-job.js';
import { doMimeTask, type MimeTask } from './mime-task.js';

parentPort?.on('message', (task: MimeTask) => {
  const done = doMimeTask(task);
  if (done.kind !== 'relay') {
    parentPort?.postMessage(done, []);
    return;
  }
  const { outcome, buffers } = handedOver(done.outcome);
  parentPort?.postMessage({ kind: 'relay', outcome }, buffers);
});

/** With octets of its own, which are not copied on their way out. */
function handedOver(outcome: RelayOutcome) {
  const copies = outcome.copies.map((copy) => ('raw' in copy ? { ...copy, raw: ownBytes(copy.raw) } : copy));
  const attachments = outcome.attachments.map((one) => (one.bytes ? { ...one, bytes: ownBytes(one.bytes) } : one));
  const buffers = [
    ...copies.flatMap((copy) => ('raw' in copy ? [copy.raw.buffer] : [])),
    ...attachments.flatMap(({ bytes }) => (bytes ? [bytes.buffer as ArrayBuffer] : [])),
  ];
  return { outcome: { ...outcome, attachments, copies }, buffers };
}

/** Node.js cuts small buffers from one that they share, which cannot be handed over. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const isWhole = bytes.byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
  return isWhole ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
