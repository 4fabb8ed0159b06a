import { randomBytes } from 'node:crypto';
import { type EntityManager, LessThan } from 'typeorm';
import { type Clock } from '../kernel/clock.js';
import { type KeyRing } from './key-ring.js';
import { type DataKey, StoreKey, storeKeyId } from './store-key.js';
import { unwrapStoreKey, wrapStoreKey } from './store-key-wrap.js';
import { StoreKeyRow } from './store-key.entity.js';
import { type TrackerDatabase } from './tracker-database.js';

const KEY_BYTES = 32;
/** From this age on what memory holds is read again, while it goes on to be used. */
const REFRESH_MS = 60_000;
/** What is older is not used before it was read again. */
const STALE_MS = 120_000;
/**
 * How old a further key of a store is before it encrypts: by then every process has read it, and none meets a value that it
 * cannot open. Well above {@link STALE_MS}, for clocks that differ.
 */
export const ACTIVE_AFTER_MS = 300_000;

interface Entry {
  readAt: number;
  key: StoreKey;
}

/**
 * The data keys of stores, each wrapped by the master key: deleting one makes all that the store has stored unreadable, in
 * every copy and backup. In memory once used, so that reading and writing costs no query for it.
 */
export class StoreKeys {
  private readonly entries = new Map<string, Entry>();
  private readonly reading = new Map<string, Promise<StoreKey>>();

  constructor(
    private readonly database: TrackerDatabase,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {}

  /**
   * The store's key, made when it has none yet.
   * @param manager of the transaction in which it is asked for, if there is one.
   */
  async of(storeId: string, manager?: EntityManager): Promise<StoreKey> {
    const entry = this.entries.get(storeId);
    const age = entry ? this.clock.now() - entry.readAt : STALE_MS;
    if (entry && age < STALE_MS) {
      if (age >= REFRESH_MS && !manager) void this.read(storeId).catch(() => undefined);
      return entry.key;
    }
    return manager ? this.readIn(manager, storeId) : this.read(storeId);
  }

  /** The store's key as memory has it, where {@link of} was awaited before. */
  held(storeId: string): StoreKey {
    const entry = this.entries.get(storeId);
    if (!entry) throw new Error('the key of a store was not asked for before it was used');
    return entry.key;
  }

  /** Gives the store a further key, which is the one that encrypts {@link ACTIVE_AFTER_MS} later. */
  async renew(storeId: string): Promise<void> {
    await this.of(storeId);
    await this.database.transaction(async (manager) => this.add(manager, storeId, await rowsOf(manager, storeId)));
    this.forget(storeId);
  }

  /** Deletes the keys of a store up to one, once nothing is encrypted with them any more. */
  async dropBelow(storeId: string, number: number): Promise<void> {
    await this.database.transaction((manager) => manager.delete(StoreKeyRow, { storeId, number: LessThan(number) }));
    this.forget(storeId);
  }

  /** The stores that have anything, in their order. */
  async storeIds(after: string, limit: number): Promise<string[]> {
    const rows = await this.database.manager
      .createQueryBuilder(StoreKeyRow, 'key')
      .select('key.storeId', 'storeId')
      .where('key.storeId > :after', { after })
      .groupBy('key.storeId')
      .orderBy('key.storeId', 'ASC')
      .limit(limit)
      .getRawMany<{ storeId: string }>();
    return rows.map(({ storeId }) => storeId);
  }

  /**
   * Deletes the store's keys. What it has stored is unreadable for good: here at once, in other processes within two minutes,
   * in copies and backups of the database for whoever has not kept the wrapped keys and the master key as well. What those
   * processes write meanwhile is lost with it; what comes later has a new key.
   */
  async shred(storeId: string): Promise<void> {
    await this.database.transaction((manager) => manager.update(StoreKeyRow, { storeId }, { wrapped: null }));
    this.forget(storeId);
  }

  /** Has the keys of a store read again by who asks next. */
  forget(storeId: string): void {
    const entry = this.entries.get(storeId);
    if (entry) entry.readAt = -Infinity;
  }

  private read(storeId: string): Promise<StoreKey> {
    let reading = this.reading.get(storeId);
    if (!reading) {
      reading = this.database
        .transaction((manager) => this.readIn(manager, storeId))
        .finally(() => this.reading.delete(storeId));
      this.reading.set(storeId, reading);
    }
    return reading;
  }

  /** Remembered once the transaction is committed: a key that was rolled back must encrypt nothing. */
  private async readIn(manager: EntityManager, storeId: string): Promise<StoreKey> {
    const readAt = this.clock.now();
    let rows = await rowsOf(manager, storeId);
    if (rows.every(({ wrapped }) => wrapped === null)) {
      await this.add(manager, storeId, rows);
      rows = await rowsOf(manager, storeId);
    }
    const key = this.unwrap(storeId, rows);
    this.database.onCommit(manager, () => this.entries.set(storeId, { readAt, key }));
    return key;
  }

  /** Of two processes at one moment, the first one's key stays. */
  private async add(manager: EntityManager, storeId: string, rows: readonly StoreKeyRow[]): Promise<void> {
    const number = (rows.at(-1)?.number ?? 0) + 1;
    const wrapped = wrapStoreKey(this.keys, { storeId, number }, randomBytes(KEY_BYTES));
    const row = { storeId, number, wrapped, createdAt: this.clock.now() };
    await manager.createQueryBuilder().insert().into(StoreKeyRow).values(row).orIgnore().updateEntity(false).execute();
  }

  private unwrap(storeId: string, rows: readonly StoreKeyRow[]): StoreKey {
    const dataKeys = rows.map((row): DataKey => {
      const key = row.wrapped === null ? undefined : unwrapStoreKey(this.keys, row, row.wrapped);
      return { number: row.number, key, createdAt: row.createdAt };
    });
    const usable = dataKeys.filter((one): one is DataKey & { key: Buffer } => one.key !== undefined);
    const activeUntil = this.clock.now() - ACTIVE_AFTER_MS;
    const current = usable.findLast(({ createdAt }) => createdAt <= activeUntil) ?? usable[0];
    const named = { id: storeKeyId(current.number), key: current.key };
    return new StoreKey(named, dataKeys, this.keys.encryption, () => this.forget(storeId));
  }
}

function rowsOf(manager: EntityManager, storeId: string): Promise<StoreKeyRow[]> {
  return manager.find(StoreKeyRow, { where: { storeId }, order: { number: 'ASC' } });
}
