import { isConflict } from './retry-conflicts.js';

/** How many jobs one commit takes at most. */
const MAX_GROUP = 64;
/** For how long a transaction takes on further jobs: more of them would keep the host's own writes waiting. */
const MAX_MS = 20;

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

  /**
   * @param transact runs its argument in a transaction, which it rolls back when that rejects.
   * @param now milliseconds of a clock that never goes back.
   */
  constructor(
    private readonly transact: <T>(work: (manager: M) => Promise<T>) => Promise<T>,
    private readonly now: () => number = () => performance.now(),
  ) {}

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
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, MAX_GROUP);
      const taken = await this.commit(group);
      this.waiting.unshift(...group.slice(taken));
    }
  }

  /** @returns how many of the jobs, from the first one on, are done; there was no time for the others. */
  private async commit(group: readonly Waiting<M>[]): Promise<number> {
    let begun = 0;
    try {
      const results = await this.transact(async (manager) => {
        const until = this.now() + MAX_MS;
        const answers: unknown[] = [];
        for (begun = 0; begun < group.length && (begun === 0 || this.now() < until);) {
          answers.push(await group[begun++].job(manager));
        }
        return answers;
      });
      for (const [index, result] of results.entries()) group[index].done(result);
      return results.length;
    } catch (error) {
      const failed = group.slice(0, Math.max(begun, 1));
      if (failed.length === 1 || isConflict(error)) for (const one of failed) one.failed(error);
      else for (const one of failed) await this.commit([one]);
      return failed.length;
    }
  }
}
