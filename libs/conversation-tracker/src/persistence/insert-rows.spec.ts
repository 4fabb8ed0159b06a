import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { insertRows } from './insert-rows.js';
import { StoreKeyRow } from './store-key.entity.js';

let directory: string;
let rows: TestDatabase;
let host: DataSource;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-insert-'));
  rows = await createDatabase(directory);
  host = await new DataSource({ ...rows.address, entities: [StoreKeyRow], synchronize: true }).initialize();
});

afterEach(async () => {
  await host.destroy();
  await rows.drop();
  await rm(directory, { recursive: true });
});

describe('rows that are inserted together', () => {
  it('are read as they were written, whatever stands in their texts', async () => {
    const texts = ['', '"', String.raw`\n\u0041\\`, '{"a":[null]}', "it's $1", 'a\tb\r\nc', '\u0001', 'ção 😀 €'];
    const written = texts.map((wrapped, n) => ({ storeId: `s${n}`, number: n, wrapped, createdAt: 2 ** 52 + n }));
    await insertRows(host.manager, StoreKeyRow, written);
    expect(await host.manager.find(StoreKeyRow, { order: { storeId: 'ASC' } })).toEqual(written);
  });

  it('hold U+FFFD for half of a character, which no database keeps', async () => {
    const row = { storeId: 's', number: 1, wrapped: 'a\uD83Db', createdAt: 1 };
    await insertRows(host.manager, StoreKeyRow, [row]);
    expect((await host.manager.find(StoreKeyRow))[0].wrapped).toBe('a\uFFFDb');
  });

  it('pass over those that stand there, or fail', async () => {
    const row = { storeId: 's', number: 1, wrapped: 'first', createdAt: 1 };
    await insertRows(host.manager, StoreKeyRow, [row]);
    const again = [{ ...row, wrapped: 'second' }];
    await insertRows(host.manager, StoreKeyRow, again, 'ignore');
    await expect(insertRows(host.manager, StoreKeyRow, again)).rejects.toThrow();
    expect(await host.manager.find(StoreKeyRow)).toEqual([row]);
  });
});
