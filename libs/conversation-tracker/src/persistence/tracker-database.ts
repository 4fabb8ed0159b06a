import { type OnApplicationShutdown } from '@nestjs/common';
import { type DataSource, type EntityManager } from 'typeorm';
import { SerialQueue } from './serial-queue.js';
import { retryWhileBusy } from './sqlite-busy.js';

/** The package's door to the database: its connection, and the only way to write in a transaction. */
export class TrackerDatabase implements OnApplicationShutdown {
  private readonly queue: SerialQueue | undefined;
  private readonly afterCommit = new WeakMap<EntityManager, (() => void)[]>();

  constructor(
    private readonly dataSource: DataSource,
    /** Whether the package opened `dataSource` itself and therefore closes it. */
    private readonly owned: boolean,
  ) {
    // TypeORM has one connection per SQLite DataSource: two open transactions on it would become one.
    this.queue = this.isSqlite ? new SerialQueue() : undefined;
  }

  get isSqlite(): boolean {
    return ['sqlite', 'better-sqlite3', 'sqljs'].includes(this.dataSource.options.type);
  }

  /** For reading outside a transaction. */
  get manager(): EntityManager {
    return this.dataSource.manager;
  }

  /**
   * Runs `work` in one transaction. On SQLite it may run again after SQLITE_BUSY, so `work` does nothing but talk to the
   * database; other effects go to `onCommit`.
   */
  async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    if (!this.queue) return this.run(work);
    return this.queue.add(() => retryWhileBusy(() => this.run(work)));
  }

  /** Calls `effect` once the transaction of `manager` is committed, and never when it is rolled back. */
  onCommit(manager: EntityManager, effect: () => void): void {
    this.afterCommit.get(manager)?.push(effect);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.queue?.idle();
    if (this.owned && this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private async run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const effects: (() => void)[] = [];
    const result = await this.dataSource.transaction((manager) => {
      this.afterCommit.set(manager, effects);
      return work(manager);
    });
    for (const effect of effects) effect();
    return result;
  }
}
