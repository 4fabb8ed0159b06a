import { availableParallelism } from 'node:os';
import { Worker, type TransferListItem } from 'node:worker_threads';

/**
 * What a thread takes for what is gone in a moment, before it is looked through for room. Node.js would have it grow to some
 * tens of megabytes, and keep them.
 */
const YOUNG_MB = 6;

/** How much a pool of threads may take. */
export interface WorkerLimits {
  /** How many jobs run at once. @default one less than there are processors, 2 to 4: one expensive job stops no other */
  readonly size?: number;
  /** For one job, from when a worker begins with it. @default 20 seconds */
  readonly deadlineMs?: number;
  /** Megabytes of heap that one job may take. @default 512 */
  readonly heapMb?: number;
}

export interface WorkerPoolOptions<Job> extends WorkerLimits {
  /** CommonJS that answers each message with one. */
  readonly source: string;
  /** Of the threads, as a debugger shows it. */
  readonly name: string;
  /** What the script finds as its `workerData`. */
  readonly data?: unknown;
  /** Makes of a job what is posted, and what of it is handed over, when a worker begins with it. @default the job, copied */
  readonly post?: (job: Job) => { message: unknown; transfer: readonly TransferListItem[] };
}

interface Waiting<Job, Outcome> {
  readonly job: Job;
  readonly resolve: (outcome: Outcome | undefined) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Threads that work on what strangers sent, so that one message that is made to be expensive hurts nobody else (MAIL-RULES R43):
 * over the limits its worker ends, and the others go on. Threads start when first needed and keep no process alive.
 */
export class WorkerPool<Job, Outcome> {
  private readonly size: number;
  private readonly deadlineMs: number;
  private readonly heapMb: number;
  private readonly idle: Worker[] = [];
  private readonly busy = new Map<Worker, Waiting<Job, Outcome>>();
  private readonly waiting: Waiting<Job, Outcome>[] = [];
  private isClosed = false;

  constructor(private readonly options: WorkerPoolOptions<Job>) {
    this.size = options.size ?? Math.min(4, Math.max(2, availableParallelism() - 1));
    this.deadlineMs = options.deadlineMs ?? 20_000;
    this.heapMb = options.heapMb ?? 512;
  }

  /** `undefined` for a job over the limits. Rejects only when the pool is closed. */
  run(job: Job): Promise<Outcome | undefined> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) {
        reject(this.closed());
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
    for (const { reject } of [...this.busy.values(), ...this.waiting.splice(0)]) reject(this.closed());
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
    const { source, name, data } = this.options;
    const worker = new Worker(source, {
      eval: true,
      name: `conversation-tracker-${name}`,
      workerData: data,
      // Nothing of the host's: neither its environment, in which secrets stand, nor its loaders.
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: this.heapMb, maxYoungGenerationSizeMb: YOUNG_MB },
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

  private work(worker: Worker, { job, resolve }: Waiting<Job, Outcome>): void {
    const finish = (outcome: Outcome | undefined, isAlive: boolean): void => {
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
    const failed = (): void => finish(undefined, false);
    const timer = setTimeout(() => {
      failed();
      void worker.terminate();
    }, this.deadlineMs);
    worker.once('message', (outcome: Outcome) => finish(outcome, true));
    worker.once('error', failed);
    worker.once('exit', failed);
    worker.ref();
    const { message, transfer } = this.options.post?.(job) ?? { message: job, transfer: [] };
    worker.postMessage(message, transfer);
  }

  private closed(): Error {
    return new Error(`the ${this.options.name} workers are closed`);
  }
}
