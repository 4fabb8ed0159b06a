import { WorkerPool, type WorkerLimits } from '../../kernel/worker-pool.js';
import { isHeldCopy, unreadable, type RelayJob, type RelayOutcome } from '../../message/relay/relay-job.js';
import { mimeWorkerSource } from './mime-worker.generated.js';

/** Reads and edits messages in worker threads; one that is over the limits is unreadable (MAIL-RULES R43). */
export class MimeWorkers {
  private readonly pool: WorkerPool<RelayJob, RelayOutcome>;

  constructor(limits: WorkerLimits = {}) {
    this.pool = new WorkerPool({ ...limits, source: mimeWorkerSource, name: 'mime', post: copied });
  }

  /** As `relay`. The job's octets are copied once and stay the caller's. Rejects only when the workers are closed. */
  async run(job: RelayJob): Promise<RelayOutcome> {
    const outcome = await this.pool.run(job);
    return outcome ? withBuffers(outcome) : unreadable(job, 'too-expensive');
  }

  /** Ends the threads; what is under way or waits is rejected. */
  close(): Promise<void> {
    return this.pool.close();
  }
}

function copied(job: RelayJob) {
  const raw = new Uint8Array(job.raw);
  return { message: { ...job, raw }, transfer: [raw.buffer] };
}

/** Only octets come from another thread, not the class that wraps them. */
function withBuffers(outcome: RelayOutcome): RelayOutcome {
  const copies = outcome.copies.map((copy) => {
    if (isHeldCopy(copy)) return copy;
    return { ...copy, raw: Buffer.from(copy.raw.buffer, copy.raw.byteOffset, copy.raw.byteLength) };
  });
  return { ...outcome, copies };
}
