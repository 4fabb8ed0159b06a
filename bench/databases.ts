import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';

/** Where a benchmark's tables lie. Plain data: a host in a process of its own gets it as well. */
export type DatabaseAddress =
  { type: 'sqlite'; database: string; enableWAL: true; busyTimeout: number } | { type: 'postgres'; url: string };

export interface BenchDatabase {
  name: 'SQLite' | 'PostgreSQL';
  address: DatabaseAddress;
  /** Call it when nobody is connected any more. */
  drop(): Promise<void>;
}

const POSTGRES_SERVER = process.env['CT_TEST_DATABASE'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

export async function sqliteDatabase(): Promise<BenchDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'ct-bench-'));
  return {
    name: 'SQLite',
    address: { type: 'sqlite', database: join(directory, 'host.sqlite'), enableWAL: true, busyTimeout: 5_000 },
    drop: () => rm(directory, { recursive: true, force: true }),
  };
}

/** A database of its own on the server that CT_TEST_DATABASE names; `undefined` where none answers. */
export async function postgresDatabase(): Promise<BenchDatabase | undefined> {
  const name = `ct_bench_${randomBytes(6).toString('hex')}`;
  try {
    await runOnServer(`CREATE DATABASE ${name}`);
  } catch {
    console.error(`no PostgreSQL at ${new URL(POSTGRES_SERVER).host}: its lines are left out`);
    return undefined;
  }
  const own = new URL(POSTGRES_SERVER);
  own.pathname = `/${name}`;
  return {
    name: 'PostgreSQL',
    address: { type: 'postgres', url: own.href },
    drop: () => runOnServer(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** SQLite, and PostgreSQL where it answers. */
export async function eachDatabase(): Promise<BenchDatabase[]> {
  const postgres = await postgresDatabase();
  return [await sqliteDatabase(), ...(postgres ? [postgres] : [])];
}

/** A statement on the PostgreSQL server itself, beside the databases on it. */
export async function runOnServer(statement: string): Promise<void> {
  const connection = await new DataSource({ type: 'postgres', url: POSTGRES_SERVER }).initialize();
  try {
    await connection.query(statement);
  } finally {
    await connection.destroy();
  }
}
