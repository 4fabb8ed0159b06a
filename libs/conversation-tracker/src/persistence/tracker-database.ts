import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import {
  DataSource,
  type EntityManager,
  type EntityTarget,
  type FindOptionsOrder,
  type FindOptionsSelect,
  type FindOptionsWhere,
  type ObjectLiteral,
  type SelectQueryBuilder,
} from 'typeorm';
import { type OrderRef } from '../ports/order-source.js';
import { readByKey } from './by-key.js';
import { DriverReads } from './driver-reads.js';
import { GroupCommit } from './group-commit.js';
import { withLateInserts } from './late-inserts.js';
import { lockOrders } from './order-lock.js';
import { isConflict, retryConflicts } from './retry-conflicts.js';

/** While the journal waits for readers nobody writes: no longer than somebody who waits to write would. */
const CLEAR_PATIENCE_MS = 250;

type Work<T> = (manager: EntityManager) => Promise<T>;

/** The package's door to the database: its connection, and the only way to write in a transaction. */
export class TrackerDatabase implements OnApplicationShutdown {
  private readonly logger = new Logger('ConversationTracker');
  private readonly queue: GroupCommit<EntityManager> | undefined;
  private readonly reads: DriverReads;
  private readonly afterCommit = new WeakMap<EntityManager, (() => void)[]>();

  constructor(
    private readonly dataSource: DataSource,
    /** Whether the package opened `dataSource` itself and therefore closes it. */
    private readonly owned: boolean,
  ) {
    // TypeORM has one connection per SQLite DataSource: two open transactions on it would become one.
    this.queue = this.isSqlite ? new GroupCommit((work) => this.commit(work)) : undefined;
    this.reads = new DriverReads(dataSource);
  }

  get isSqlite(): boolean {
    return ['sqlite', 'better-sqlite3', 'sqljs'].includes(this.dataSource.options.type);
  }

  /** For reading outside a transaction. */
  get manager(): EntityManager {
    return this.dataSource.manager;
  }

  /** Reads outside a transaction what is asked for often, by one of a few texts, see {@link DriverReads}. */
  read<Row>(text: string, parameters: readonly unknown[]): Promise<Row[]> {
    return this.reads.read(text, parameters);
  }

  /**
   * Runs `work` in a transaction, on SQLite together with others that wait at that moment. It may run again, after a
   * conflict with another connection or a failure of one of those, so it does nothing but talk to the database through
   * `manager`; other effects go to `onCommit`. It starts no transaction and reads nothing past `manager`: PostgreSQL would
   * need a second connection for that, which a pool whose connections all wait like this never gives.
   */
  transaction<T>(work: Work<T>): Promise<T> {
    return this.queue ? this.queue.add(work) : this.commit(work);
  }

  /** Calls `effect` once the transaction of `manager` is committed, and never when it is rolled back. */
  onCommit(manager: EntityManager, effect: () => void): void {
    this.afterCommit.get(manager)?.push(effect);
  }

  /** Waits until no other transaction holds these rows, and holds them; SQLite has one writer at a time anyway. */
  async lockRows<T extends ObjectLiteral>(
    manager: EntityManager,
    entity: EntityTarget<T>,
    where: FindOptionsWhere<T>,
  ): Promise<void> {
    if (!this.isSqlite) await manager.find(entity, { where, lock: { mode: 'pessimistic_write' } });
  }

  /**
   * Reads rows, and holds them until its transaction ends; in the order of their keys, so that nobody waits in a circle.
   * @param only the properties that are read. @default all
   */
  readLocked<T extends ObjectLiteral>(
    manager: EntityManager,
    entity: EntityTarget<T>,
    where: FindOptionsWhere<T>,
    only?: readonly (keyof T)[],
  ): Promise<T[]> {
    // TypeORM 1.x takes no list.
    const select = only && (Object.fromEntries(only.map((name) => [name, true])) as FindOptionsSelect<T>);
    if (this.isSqlite) return manager.find(entity, { where, select });
    const { primaryColumns } = manager.connection.getMetadata(entity);
    const order = Object.fromEntries(primaryColumns.map(({ propertyName }) => [propertyName, 'ASC']));
    const lock = { mode: 'pessimistic_write' } as const;
    return manager.find(entity, { where, select, order: order as FindOptionsOrder<T>, lock });
  }

  /** As {@link readLocked}, for rows that are asked for each message, by a column that has an index. */
  readLockedByKey<T extends ObjectLiteral>(
    manager: EntityManager,
    entity: EntityTarget<T>,
    key: keyof T & string,
    keys: readonly string[],
    only?: readonly (keyof T & string)[],
  ): Promise<T[]> {
    return readByKey(manager, entity, key, keys, { only, isHeld: !this.isSqlite });
  }

  /** Waits until no other transaction holds these orders, and holds them until its own ends. */
  async lockOrders(manager: EntityManager, orders: readonly OrderRef[]): Promise<void> {
    if (!this.isSqlite) await lockOrders(manager, orders);
  }

  /** What {@link skipLocked} puts at the end of a query, for one that is written by hand. */
  get skippingLocked(): string {
    return this.isSqlite ? '' : ' FOR UPDATE SKIP LOCKED';
  }

  /** Has `query` hold the rows that it finds until its transaction ends, and pass over those that another one holds. */
  skipLocked<T extends ObjectLiteral>(query: SelectQueryBuilder<T>): SelectQueryBuilder<T> {
    return this.isSqlite ? query : query.setLock('pessimistic_write').setOnLocked('skip_locked');
  }

  /**
   * Has what was deleted leave SQLite's journal too, as far as the reads of others let it: there it would stay until as much is
   * written anew. On a connection of its own, since that of the package may be in a transaction.
   */
  async clearJournal(): Promise<void> {
    if (!this.owned || !this.dataSource.isInitialized) return;
    const { database } = this.dataSource.options as { database: string };
    const beside = new DataSource({ type: 'sqlite', database, busyTimeout: CLEAR_PATIENCE_MS });
    await beside.initialize();
    try {
      await beside.query('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (error) {
      // Somebody writes: the next time will do.
      if (!isConflict(error)) throw error;
    } finally {
      await beside.destroy();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.queue?.idle();
    if (this.owned && this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private commit<T>(work: Work<T>): Promise<T> {
    return retryConflicts(async (attempt) => {
      const effects: (() => void)[] = [];
      const result = await this.dataSource.transaction(async (manager) => {
        this.afterCommit.set(manager, effects);
        if (attempt > 1) await this.awaitTurn(manager);
        return withLateInserts(manager, work);
      });
      for (const effect of effects) this.follow(effect);
      return result;
    });
  }

  /**
   * The turn to write, in the file that other processes write as well: with a busy one, a transaction that reads first and
   * writes then may be refused time and again; one that begins with a write waits instead
   * (https://sqlite.org/isolation.html). TypeORM has no BEGIN IMMEDIATE.
   */
  private async awaitTurn(manager: EntityManager): Promise<void> {
    if (!this.owned) return;
    const [{ tablePath }] = this.dataSource.entityMetadatas;
    await manager.query(`DELETE FROM "${tablePath}" WHERE 0`);
  }

  /** What is committed stays so, and is not done again because of what follows from it. */
  private follow(effect: () => void): void {
    try {
      effect();
    } catch (error) {
      // The class alone: a message may quote an address.
      const name = error instanceof Error ? error.name : 'unknown error';
      this.logger.error(`what follows from a commit failed (${name})`);
    }
  }
}
