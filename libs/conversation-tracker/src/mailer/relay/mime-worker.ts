import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { isHeldCopy, unreadable, type RelayJob, type RelayOutcome } from '../../message/relay/relay-job.js';
import { mimeWorkerSource } from './mime-worker.generated.js';

export interface MimeWorkersOptions {
  /** How many messages are read at once. @default one less than there are processors, 1 to 4 */
  readonly size?: number;
  /** For one message, from when a worker begins with it. @default 20 seconds */
  readonly deadlineMs?: number;
  /** Megabytes of heap that one message may take. @default 512 */
  readonly heapMb?: number;
}

interface Waiting {
  readonly job: RelayJob;
  readonly resolve: (outcome: RelayOutcome) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Reads and edits messages in worker threads, so that one that is made to be expensive hurts nobody else (MAIL-RULES R43): over
 * the limits its worker ends, and the others go on. Threads start when first needed and keep no process alive.
 */
export class MimeWorkers {
  private readonly size: number;
  private readonly deadlineMs: number;
  private readonly heapMb: number;
  private readonly idle: Worker[] = [];
  private readonly busy = new Map<Worker, Waiting>();
  private readonly waiting: Waiting[] = [];
  private isClosed = false;

  constructor(options: MimeWorkersOptions = {}) {
    this.size = options.size ?? Math.min(4, Math.max(1, availableParallelism() - 1));
    this.deadlineMs = options.deadlineMs ?? 20_000;
    this.heapMb = options.heapMb ?? 512;
  }

  /** As `relay`. The job's octets are copied once and stay the caller's. Rejects only when the workers are closed. */
  run(job: RelayJob): Promise<RelayOutcome> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) {
        reject(closed());
        return;
      }
      this.waiting.push({ job, resolve, reject });
      this.next();
    });
  }

  /** Ends the threads; what is under way or waits is rejected. */
  async close(): Promise<void> {
    this.isClosed = true;
    const workers = [...this.idle.splice(0), ...this.busy.keys()];
    for (const { reject } of [...this.busy.values(), ...this.waiting.splice(0)]) reject(closed());
    this.busy.clear();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  private next(): void {
    if (this.waiting.length === 0 || this.busy.size >= this.size) return;
    const worker = this.idle.pop() ?? this.start();
    const waiting = this.waiting.shift()!;
    this.busy.set(worker, waiting);
    this.work(worker, waiting);
  }

  private start(): Worker {
    const worker = new Worker(mimeWorkerSource, {
      eval: true,
      name: 'conversation-tracker-mime',
      // Nothing of the host's: neither its environment, in which secrets stand, nor its loaders.
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: this.heapMb },
    });
    worker.unref();
    // One that dies while it has nothing to do is not missed.
    worker.on('error', () => this.forget(worker));
    worker.on('exit', () => this.forget(worker));
    return worker;
  }

  private forget(worker: Worker): void {
    const at = this.idle.indexOf(worker);
    if (at !== -1) this.idle.splice(at, 1);
  }

  private work(worker: Worker, { job, resolve }: Waiting): void {
    const finish = (outcome: RelayOutcome, isAlive: boolean): void => {
      if (!this.busy.delete(worker)) return;
      clearTimeout(timer);
      worker.removeAllListeners('message');
      worker.off('error', failed);
      worker.off('exit', failed);
      worker.unref();
      if (isAlive) this.idle.push(worker);
      resolve(outcome);
      this.next();
    };
    const failed = (): void => finish(unreadable(job, 'too-expensive'), false);
    const timer = setTimeout(() => {
      failed();
      void worker.terminate();
    }, this.deadlineMs);
    worker.once('message', (outcome: RelayOutcome) => finish(withBuffers(outcome), true));
    worker.once('error', failed);
    worker.once('exit', failed);
    worker.ref();
    const raw = new Uint8Array(job.raw);
    worker.postMessage({ ...job, raw }, [raw.buffer]);
  }
}

/** Only octets come from another thread, not the class that wraps them. */
function withBuffers(outcome: RelayOutcome): RelayOutcome {
  const copies = outcome.copies.map((copy) => {
    if (isHeldCopy(copy)) return copy;
    return { ...copy, raw: Buffer.from(copy.raw.buffer, copy.raw.byteOffset, copy.raw.byteLength) };
  });
  return { ...outcome, copies };
}

function closed(): Error {
  return new Error('the workers that read messages are closed');
}
