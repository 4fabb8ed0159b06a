import { WorkerPool, type WorkerLimits } from '../../kernel/worker-pool.js';
import { type DsnReading } from '../../message/dsn/read-dsn.js';
import { type LeakRules } from '../../message/leak-gate/find-leak.js';
import { type RelayJob, type RelayOutcome } from '../../message/relay/relay-job.js';
import { type HandedOutcome, takenOver, worthHandingOver } from './handed-copies.js';
import { failedTask, type MimeOutcome, type MimeTask } from './mime-task.js';
import { mimeWorkerSource } from './mime-worker.generated.js';

/**
 * Reads and edits messages in worker threads; one that is over the limits is unreadable (MAIL-RULES R43). The octets that it is
 * given stay the caller's: they are copied once, and not at all where they lie in a SharedArrayBuffer, as those of a large
 * message do. Each method rejects only when the workers are closed.
 */
export class MimeWorkers {
  private readonly pool: WorkerPool<MimeTask, MimeOutcome>;

  constructor(limits: WorkerLimits = {}) {
    this.pool = new WorkerPool({ ...limits, source: mimeWorkerSource, name: 'mime', post: copied });
  }

  /** As `relay`. */
  async run(job: RelayJob): Promise<RelayOutcome> {
    const handed = (await this.do({ kind: 'relay', job })) as RelayOutcome | HandedOutcome;
    return takenOver(handed, job.raw);
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

/** Octets in memory that threads share are not copied: nobody writes to them any more. */
function copied(task: MimeTask) {
  const given = task.kind === 'relay' ? task.job.raw : task.raw;
  if (given.buffer instanceof SharedArrayBuffer) return { message: plain(task, octetsOf(given)), transfer: [] };
  const raw = new Uint8Array(given);
  return { message: plain(task, raw), transfer: worthHandingOver([raw.buffer]) };
}

function plain(task: MimeTask, raw: Uint8Array): MimeTask {
  return task.kind === 'relay' ? { ...task, job: { ...task.job, raw } } : { ...task, raw };
}

function octetsOf({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
