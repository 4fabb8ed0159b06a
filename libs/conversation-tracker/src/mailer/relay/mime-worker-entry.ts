/**
 * What runs inside of a worker: `scripts/generate-worker.mjs` makes one script of it and of all that it imports, so that it is
 * the same from source, from both builds and under a test runner.
 */
import { parentPort } from 'node:worker_threads';
import { relay, unreadable, type RelayJob, type RelayOutcome } from '../../message/relay/relay-job.js';

parentPort?.on('message', (job: RelayJob) => {
  const outcome = outcomeOf(job);
  const copies = outcome.copies.map((copy) => ('raw' in copy ? { ...copy, raw: ownBytes(copy.raw) } : copy));
  const attachments = outcome.attachments.map((one) => (one.bytes ? { ...one, bytes: ownBytes(one.bytes) } : one));
  const buffers = [
    ...copies.flatMap((copy) => ('raw' in copy ? [copy.raw.buffer] : [])),
    ...attachments.flatMap(({ bytes }) => (bytes ? [bytes.buffer as ArrayBuffer] : [])),
  ];
  parentPort?.postMessage({ ...outcome, attachments, copies }, buffers);
});

/** A fault of ours is told as one: an error's text may quote the message. */
function outcomeOf(job: RelayJob): RelayOutcome {
  try {
    return relay(job);
  } catch {
    return unreadable(job, 'fault');
  }
}

/** Node.js cuts small buffers from one that they share, which cannot be handed over. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const isWhole = bytes.byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
  return isWhole ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
