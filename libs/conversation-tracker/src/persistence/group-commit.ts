import { isConflict } from './retry-conflicts.js';

/** How many jobs one commit takes: more of them would keep the host's own writes waiting. */
const MAX_GROUP = 16;

/** Talks to the database through whatever open transaction it is given. It may run more than once. */
export type Job<M> = (manager: M) => Promise<unknown>;

interface Waiting<M> {
  job: Job<M>;
  done(result: unknown): void;
  failed(error: unknown): void;
}

/**
 * For a database that has one connection and syncs the disk at each commit: jobs run one after the other in the order in
 * which they came, and those that came while a transaction was under way share the next one. They stand or fall with it;
 * where one of them fails, each runs again in a transaction of its own.
 */
export class GroupCommit<M> {
  private readonly waiting: Waiting<M>[] = [];
  private running: Promise<void> | undefined;

  /** @param transact runs its argument in a transaction, which it rolls back when that rejects. */
  constructor(private readonly transact: <T>(work: (manager: M) => Promise<T>) => Promise<T>) {}

  add<T>(job: (manager: M) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({ job, done: (result) => resolve(result as T), failed: reject });
      this.start();
    });
  }

  /** Resolves when everything added so far is done. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  private start(): void {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      if (this.waiting.length > 0) this.start();
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) await this.commit(this.waiting.splice(0, MAX_GROUP));
  }

  private async commit(group: readonly Waiting<M>[]): Promise<void> {
    try {
      const results = await this.transact(async (manager) => {
        const answers: unknown[] = [];
        for (const { job } of group) answers.push(await job(manager));
        return answers;
      });
      for (const [index, one] of group.entries()) one.done(results[index]);
    } catch (error) {
      if (group.length === 1 || isConflict(error)) for (const one of group) one.failed(error);
      else for (const one of group) await this.commit([one]);
    }
  }
}
