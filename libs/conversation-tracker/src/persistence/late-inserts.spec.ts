import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { insertLate } from './late-inserts.js';
import { openTrackerDatabase } from './open-database.js';
import { StoreKeyRow } from './store-key.entity.js';
import { type TrackerDatabase } from './tracker-database.js';

let directory: string;
let rows: TestDatabase;
let host: DataSource;
let database: TrackerDatabase;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-late-'));
  rows = await createDatabase(directory);
  host = await new DataSource({ ...rows.address, entities: [StoreKeyRow], synchronize: true }).initialize();
  database = await openTrackerDatabase(host, [StoreKeyRow]);
});

afterEach(async () => {
  await database.onApplicationShutdown();
  await host.destroy();
  await rows.drop();
  await rm(directory, { recursive: true });
});

const row = (storeId: string, createdAt = 1) => ({ storeId, number: 1, wrapped: 'x', createdAt });
const stored = async () =>
  (await host.manager.find(StoreKeyRow, { order: { storeId: 'ASC' } })).map(({ storeId }) => storeId);

describe('rows that are inserted at the end of a transaction', () => {
  it('are all there after it, more of them than one statement takes', async () => {
    const ids = Array.from({ length: 600 }, (_, n) => String(n).padStart(4, '0'));
    await database.transaction(async (manager) => {
      for (const id of ids) await insertLate(manager, StoreKeyRow, row(id));
      expect(await manager.countBy(StoreKeyRow, { number: 1 })).toBe(0);
    });
    expect(await stored()).toEqual(ids);
  });

  it('are not there where it fails', async () => {
    const failing = database.transaction(async (manager) => {
      await insertLate(manager, StoreKeyRow, row('a'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await stored()).toEqual([]);
  });

  it('pass over a key that stands there only where they are told to', async () => {
    await database.transaction((manager) => insertLate(manager, StoreKeyRow, row('a', 1)));
    await database.transaction((manager) => insertLate(manager, StoreKeyRow, row('a', 2), { orIgnore: true }));
    const again = database.transaction((manager) => insertLate(manager, StoreKeyRow, row('a', 3)));
    const beside = database.transaction((manager) => insertLate(manager, StoreKeyRow, row('b')));
    await expect(again).rejects.toThrow();
    await beside;
    expect(await stored()).toEqual(['a', 'b']);
    expect(await host.manager.findOneBy(StoreKeyRow, { storeId: 'a' })).toMatchObject({ createdAt: 1 });
  });

  it('raise one column of a row that stands there, whatever their order and however many name it', async () => {
    await database.transaction((manager) => insertLate(manager, StoreKeyRow, row('a', 5)));
    await database.transaction(async (manager) => {
      for (const at of [3, 9, 7]) await insertLate(manager, StoreKeyRow, row('a', at), { orRaise: 'createdAt' });
      for (const at of [2, 1]) await insertLate(manager, StoreKeyRow, row('b', at), { orRaise: 'createdAt' });
    });
    await database.transaction((manager) => insertLate(manager, StoreKeyRow, row('a', 4), { orRaise: 'createdAt' }));
    const rows = await host.manager.find(StoreKeyRow, { order: { storeId: 'ASC' } });
    expect(rows.map(({ storeId, createdAt }) => [storeId, createdAt])).toEqual([
      ['a', 9],
      ['b', 2],
    ]);
  });

  it("are there at once in the host's own transaction", async () => {
    await host.transaction(async (manager) => {
      await insertLate(manager, StoreKeyRow, row('a'));
      expect(await manager.countBy(StoreKeyRow, { storeId: 'a' })).toBe(1);
    });
  });
});
