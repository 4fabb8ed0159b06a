import { type EntityManager } from 'typeorm';
import { decrypt, encrypt } from './cipher.js';
import { type KeyRing } from './key-ring.js';
import { StoreKeyRow } from './store-key.entity.js';
import { type TrackerDatabase } from './tracker-database.js';

type StoreKeyName = Pick<StoreKeyRow, 'storeId' | 'number'>;

const context = ({ storeId, number }: StoreKeyName) => `store-key:${storeId}:${number}`;

export function wrapStoreKey({ encryption }: KeyRing, name: StoreKeyName, key: Buffer): string {
  return encrypt(key, encryption.current, context(name));
}

export function unwrapStoreKey({ encryption }: KeyRing, name: StoreKeyName, wrapped: string): Buffer {
  return decrypt(wrapped, (id) => encryption.byId(id), context(name));
}

/**
 * Wraps up to `limit` store keys by the master key that is current now, where another one has done it. The keys themselves,
 * and all that they have encrypted, stay as they are.
 * @returns how many there were: 0 when nothing is left to do.
 */
export function wrapStoreKeysAgain(database: TrackerDatabase, keys: KeyRing, limit: number): Promise<number> {
  return database.transaction(async (manager) => {
    const rows = await wrappedByOthers(manager, keys).orderBy('key.storeId', 'ASC').limit(limit).getMany();
    for (const { storeId, number, wrapped } of rows) {
      if (wrapped === null) continue;
      const again = wrapStoreKey(keys, { storeId, number }, unwrapStoreKey(keys, { storeId, number }, wrapped));
      // Not over a key that was shredded meanwhile.
      await manager.update(StoreKeyRow, { storeId, number, wrapped }, { wrapped: again });
    }
    return rows.length;
  });
}

/** How many store keys another master key than the current one has wrapped. */
export function countWrappedByOthers(manager: EntityManager, keys: KeyRing): Promise<number> {
  return wrappedByOthers(manager, keys).getCount();
}

function wrappedByOthers(manager: EntityManager, { encryption }: KeyRing) {
  const made = `v1.${encryption.current.id}.`;
  return manager
    .createQueryBuilder(StoreKeyRow, 'key')
    .where('SUBSTR(key.wrapped, 1, :length) <> :made', { length: made.length, made });
}
