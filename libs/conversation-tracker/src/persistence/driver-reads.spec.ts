import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, QueryFailedError } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, onPostgres, type TestDatabase } from '../../../../test/support/database.js';
import { DriverReads } from './driver-reads.js';

let directory: string;
let rows: TestDatabase;
let host: DataSource;
let logged: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-reads-'));
  rows = await createDatabase(directory);
  host = await new DataSource(rows.address).initialize();
  await host.query('CREATE TABLE words (id INTEGER, word TEXT)');
  await host.query(`INSERT INTO words VALUES (1, 'one'), (2, 'two')`);
  logged = [];
  host.logger.logQuery = (text) => void logged.push(text);
  host.logger.logQueryError = (_, text) => void logged.push(`failed: ${text}`);
});

afterEach(async () => {
  if (host.isInitialized) await host.destroy();
  await rows.drop();
  await rm(directory, { recursive: true });
});

const WORD = `SELECT word FROM words WHERE id = ${onPostgres ? '$1' : '?'}`;

describe('reads by the driver', () => {
  it('answer each with what it asked for, and are told to the logger of the host', async () => {
    const reads = new DriverReads(host);
    const answers = await Promise.all([2, 9, 1, 2].map((id) => reads.read(WORD, [id])));
    expect(answers).toEqual([[{ word: 'two' }], [], [{ word: 'one' }], [{ word: 'two' }]]);
    expect(logged).toEqual([WORD, WORD, WORD, WORD]);
  });

  it('fail as those of TypeORM do, while the connection is closed as well', async () => {
    const reads = new DriverReads(host);
    await expect(reads.read('SELECT nothing FROM words', [])).rejects.toThrow(QueryFailedError);
    expect(logged).toEqual(['SELECT nothing FROM words', 'failed: SELECT nothing FROM words']);
    await host.destroy();
    await expect(reads.read(WORD, [1])).rejects.toThrow();
    await host.initialize();
    expect(await reads.read(WORD, [1])).toEqual([{ word: 'one' }]);
  });

  it.runIf(onPostgres)('do without prepared statements behind a pool that loses them', async () => {
    const reads = new DriverReads(host);
    const { master } = host.driver as unknown as { master: { query(asked: unknown): Promise<{ rows: unknown[] }> } };
    expect(await reads.read(WORD, [1])).toEqual([{ word: 'one' }]);
    const { rows: prepared } = await master.query('SELECT name FROM pg_prepared_statements');
    expect(prepared).toEqual([{ name: expect.stringMatching(/^ct_/) }]);
    await master.query('DEALLOCATE ALL');
    expect(await reads.read(WORD, [2])).toEqual([{ word: 'two' }]);
    expect(await reads.read(WORD, [1])).toEqual([{ word: 'one' }]);
    expect((await master.query('SELECT name FROM pg_prepared_statements')).rows).toEqual([]);
  });

  it('are left to TypeORM where a subscriber is told of each query', async () => {
    const told: string[] = [];
    host.subscribers.push({ beforeQuery: ({ query }) => void told.push(query) });
    expect(await new DriverReads(host).read(WORD, [1])).toEqual([{ word: 'one' }]);
    expect(told).toEqual([WORD]);
  });
});
