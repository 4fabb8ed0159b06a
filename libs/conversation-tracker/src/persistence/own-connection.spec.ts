import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, type QueryFailedError } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepStatements } from './own-connection.js';

let directory: string;
let own: DataSource;
let prepared: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-own-'));
  own = await new DataSource({ type: 'sqlite', database: join(directory, 'own.sqlite') }).initialize();
  await own.query('CREATE TABLE t (id INTEGER PRIMARY KEY, said TEXT UNIQUE)');
  const { databaseConnection } = own.driver as unknown as {
    databaseConnection: { prepare: (text: string, done: () => void) => unknown };
  };
  const { prepare } = databaseConnection;
  prepared = [];
  databaseConnection.prepare = (text, done) => {
    prepared.push(text);
    return prepare.call(databaseConnection, text, done);
  };
  keepStatements(own);
});

afterEach(async () => {
  if (own.isInitialized) await own.destroy();
  await rm(directory, { recursive: true });
});

const INSERT = 'INSERT INTO t (id, said) VALUES (?, ?)';
const SELECT = 'SELECT said FROM t WHERE id = ?';
const insert = (id: number) => own.query(INSERT, [id, `said ${id}`]);

describe("statements on the package's own SQLite connection", () => {
  it('are prepared once, and answer each with what it asked for', async () => {
    for (let id = 1; id <= 5; id++) expect(await insert(id)).toBe(id);
    for (let id = 1; id <= 3; id++) expect(await own.query(SELECT, [id])).toEqual([{ said: `said ${id}` }]);
    const asked = [5, 4, 99, 3, 2, 1].map((id) => own.query(SELECT, [id]));
    expect(await Promise.all(asked)).toEqual(
      [5, 4, undefined, 3, 2, 1].map((id) => (id === undefined ? [] : [{ said: `said ${id}` }])),
    );
    expect(prepared).toEqual([INSERT, SELECT]);
  });

  it('are prepared once, however many ask before that is done', async () => {
    await own.query(SELECT, [1]);
    await Promise.all([1, 2, 3, 4].map((id) => own.query(SELECT, [id])));
    expect(prepared).toEqual([SELECT]);
  });

  it('hold up no later commit after one of them met the lock of another connection', async () => {
    for (let id = 1; id <= 3; id++) await insert(id);
    await own.query('PRAGMA busy_timeout = 10');
    const { database } = own.options as { database: string };
    const other = await new DataSource({ type: 'sqlite', database }).initialize();
    await other.query('BEGIN IMMEDIATE');
    await expect(insert(4)).rejects.toThrow('SQLITE_BUSY');
    await other.query('COMMIT');
    await other.destroy();
    await own.transaction((manager) => manager.query(`UPDATE t SET said = 'changed' WHERE id = 1`));
    expect(await own.query(SELECT, [1])).toEqual([{ said: 'changed' }]);
    expect(await insert(4)).toBe(4);
  });

  it('say how many rows they changed', async () => {
    for (let id = 1; id <= 4; id++) await insert(id);
    const runner = own.createQueryRunner();
    for (const [most, affected] of [
      [1, 1],
      [3, 2],
      [9, 1],
      [9, 0],
    ]) {
      const result = await runner.query('DELETE FROM t WHERE id <= ?', [most], true);
      expect(result.affected).toBe(affected);
    }
  });

  it('fail as they would alone, and go on afterwards', async () => {
    for (let id = 1; id <= 3; id++) await insert(id);
    await expect(insert(3)).rejects.toThrow('UNIQUE constraint failed');
    await insert(4);
    await own.query('DROP TABLE t');
    await expect(insert(5)).rejects.toThrow('no such table');
    await own.query('CREATE TABLE t (id INTEGER PRIMARY KEY, said TEXT UNIQUE)');
    await insert(5);
    expect(await own.query(SELECT, [5])).toEqual([{ said: 'said 5' }]);
  });

  it('are taken back with their transaction', async () => {
    for (let id = 1; id <= 4; id++) {
      const failing = own.transaction(async (manager) => {
        await manager.query(INSERT, [id, 'gone']);
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
    }
    expect(await own.query('SELECT * FROM t')).toEqual([]);
  });

  it('keep the connection from nothing: it closes, however many there were', async () => {
    for (let n = 0; n < 450; n++) {
      const text = `SELECT ${n % 225} AS n`;
      expect(await own.query(text)).toEqual([{ n: n % 225 }]);
      if (n % 3 === 0) await Promise.all([own.query(text), own.query(text)]);
    }
    await own.destroy();
    expect(own.isInitialized).toBe(false);
  });

  it('say nothing of what stands in a row where they fail', async () => {
    await insert(1);
    for (let time = 1; time <= 3; time++) {
      const failure = await insert(1).catch((error: unknown) => error);
      const { stack } = (failure as QueryFailedError).driverError;
      expect(stack).toContain('UNIQUE constraint failed');
      expect(stack).not.toContain('said 1');
    }
  });

  it('take no stack trace, and leave the setting for traces as it was', async () => {
    const { stackTraceLimit } = Error;
    const failure = await own.query('SELECT * FROM missing').catch((error: unknown) => error);
    const { stack } = (failure as QueryFailedError).driverError;
    // What sqlite3 adds: the call, and where that came from.
    expect(stack).toContain('--> in Database#all(');
    expect(stack?.split('--> in Database#all(')[1]).not.toContain('    at ');
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
  });
});
