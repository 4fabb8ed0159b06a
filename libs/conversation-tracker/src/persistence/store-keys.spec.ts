import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { encrypt } from './cipher.js';
import { KeyRing } from './key-ring.js';
import { openTrackerDatabase } from './open-database.js';
import { StoreKeyRow } from './store-key.entity.js';
import { wrapStoreKeysAgain } from './store-key-wrap.js';
import { ACTIVE_AFTER_MS, StoreKeys } from './store-keys.js';
import { type TrackerDatabase } from './tracker-database.js';

const keySet = () => ({ current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });
const keys = new KeyRing({ encryption: keySet(), index: keySet(), alias: keySet() });
const clock = { time: 0, now: () => clock.time };

let directory: string;
let rows: TestDatabase;
let host: DataSource;
let databases: TrackerDatabase[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-store-keys-'));
  rows = await createDatabase(directory);
  host = await new DataSource({ ...rows.address, entities: [StoreKeyRow], synchronize: true }).initialize();
  databases = [];
  clock.time = Date.parse('2026-05-01T00:00:00Z');
});

afterEach(async () => {
  for (const database of databases) await database.onApplicationShutdown();
  await host.destroy();
  await rows.drop();
  await rm(directory, { recursive: true });
});

async function startProcess(): Promise<{ storeKeys: StoreKeys; database: TrackerDatabase }> {
  const database = await openTrackerDatabase(host, [StoreKeyRow]);
  databases.push(database);
  return { storeKeys: new StoreKeys(database, keys, clock), database };
}

describe('the key of a store', () => {
  it('is made once, whoever asks first, and is another one for each store', async () => {
    const processes = [await startProcess(), await startProcess()];
    const asked = [...processes, ...processes].map(({ storeKeys }) => storeKeys.of('shop'));
    const [one, ...others] = await Promise.all(asked);
    for (const other of others) expect(other.open(one.seal('text', 'c'), 'c')?.toString()).toBe('text');
    const outlet = await processes[0].storeKeys.of('outlet');
    expect(() => outlet.open(one.seal('text', 'c'), 'c')).toThrow(/authenticate/);
    expect(await host.manager.count(StoreKeyRow)).toBe(2);
  });

  it('is not used when the transaction that made it was taken back', async () => {
    const { storeKeys, database } = await startProcess();
    let sealed = '';
    const failing = database.transaction(async (manager) => {
      sealed = (await storeKeys.of('shop', manager)).seal('text', 'c');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const key = await storeKeys.of('shop');
    expect(() => key.open(sealed, 'c')).toThrow(/authenticate/);
  });

  it('reads what was stored under the master key before', async () => {
    const { storeKeys } = await startProcess();
    const key = await storeKeys.of('shop');
    expect(key.open(encrypt('text', keys.encryption.current, 'c'), 'c')?.toString()).toBe('text');
  });

  it('has a successor that all processes know before one of them uses it', async () => {
    const [{ storeKeys: here }, { storeKeys: there }] = [await startProcess(), await startProcess()];
    const first = await here.of('shop');
    await there.of('shop');
    await here.renew('shop');
    expect((await here.of('shop')).current.id).toBe(first.current.id);
    clock.time += ACTIVE_AFTER_MS;
    const second = await here.of('shop');
    expect(second.current.id).not.toBe(first.current.id);
    expect(second.open(first.seal('old', 'c'), 'c')?.toString()).toBe('old');
    expect((await there.of('shop')).open(second.seal('new', 'c'), 'c')?.toString()).toBe('new');
  });

  it('is gone once it was shredded, here at once and elsewhere within two minutes, and what it sealed with it', async () => {
    const [{ storeKeys: here }, { storeKeys: there }] = [await startProcess(), await startProcess()];
    const sealed = (await here.of('shop')).seal('text', 'c');
    await there.of('shop');
    await here.shred('shop');
    clock.time += 120_000;
    for (const storeKeys of [here, there]) {
      const key = await storeKeys.of('shop');
      expect(key.open(sealed, 'c')).toBeUndefined();
      expect(key.open(key.seal('new', 'c'), 'c')?.toString()).toBe('new');
    }
    const [shredded] = await host.manager.findBy(StoreKeyRow, { storeId: 'shop', number: 1 });
    expect(shredded.wrapped).toBeNull();
  });

  it('is wrapped by the new master key once that was changed', async () => {
    const { database } = await startProcess();
    const { encryption, ...others } = { encryption: keySet(), index: keySet(), alias: keySet() };
    const old = { k1: encryption.keys.k1 };
    const before = new KeyRing({ ...others, encryption: { current: 'k1', keys: old } });
    const changed = { current: 'k2', keys: { ...old, k2: randomBytes(32).toString('hex') } };
    const after = new KeyRing({ ...others, encryption: changed });
    const sealed = (await new StoreKeys(database, before, clock).of('shop')).seal('text', 'c');
    expect(await wrapStoreKeysAgain(database, after, 10)).toBe(1);
    expect(await wrapStoreKeysAgain(database, after, 10)).toBe(0);
    const only = new KeyRing({ ...others, encryption: { current: 'k2', keys: { k2: changed.keys.k2 } } });
    const key = await new StoreKeys(database, only, clock).of('shop');
    expect(key.open(sealed, 'c')?.toString()).toBe('text');
  });
});
