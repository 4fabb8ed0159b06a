import { WorkerPool, type WorkerLimits } from '../../kernel/worker-pool.js';
import { type DsnReading } from '../../message/dsn/read-dsn.js';
import { type LeakRules } from '../../message/leak-gate/find-leak.js';
import { isHeldCopy, type RelayJob, type RelayOutcome } from '../../message/relay/relay-job.js';
import { failedTask, type MimeOutcome, type MimeTask } from './mime-task.js';
import { mimeWorkerSource } from './mime-worker.generated.js';

/**
 * Reads and edits messages in worker threads; one that is over the limits is unreadable (MAIL-RULES R43). The octets that it is
 * given are copied once and stay the caller's. Each method rejects only when the workers are closed.
 */
export class MimeWorkers {
  private readonly pool: WorkerPool<MimeTask, MimeOutcome>;

  constructor(limits: WorkerLimits = {}) {
    this.pool = new WorkerPool({ ...limits, source: mimeWorkerSource, name: 'mime', post: copied });
  }

  /** As `relay`. */
  async run(job: RelayJob): Promise<RelayOutcome> {
    return withBuffers(await this.do({ kind: 'relay', job }));
  }

  /** As `readDsn`. */
  readDsn(raw: Uint8Array): Promise<DsnReading> {
    return this.do({ kind: 'dsn', raw });
  }

  /** As `findsLeak`; true as well for a message that nobody can look into within the limits. */
  findsLeak(raw: Uint8Array, rules: LeakRules): Promise<boolean> {
    return this.do({ kind: 'gate', raw, rules });
  }

  /** Ends the threads; what is under way or waits is rejected. */
  close(): Promise<void> {
    return this.pool.close();
  }

  private async do<Kind extends MimeTask['kind']>(task: Extract<MimeTask, { kind: Kind }>) {
    const done = (await this.pool.run(task)) ?? failedTask(task, 'too-expensive');
    return done.outcome as Extract<MimeOutcome, { kind: Kind }>['outcome'];
  }
}

function copied(task: MimeTask) {
  const raw = new Uint8Array(task.kind === 'relay' ? task.job.raw : task.raw);
  const message: MimeTask = task.kind === 'relay' ? { ...task, job: { ...task.job, raw } } : { ...task, raw };
  return { message, transfer: [raw.buffer] };
}

/** Only octets come from another thread, not the class that wraps them. */
function withBuffers(outcome: RelayOutcome): RelayOutcome {
  const copies = outcome.copies.map((copy) => {
    if (isHeldCopy(copy)) return copy;
    return { ...copy, raw: Buffer.from(copy.raw.buffer, copy.raw.byteOffset, copy.raw.byteLength) };
  });
  return { ...outcome, copies };
}
