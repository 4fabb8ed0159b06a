import { DataSource } from 'typeorm';
import { type DatabaseAddress, runOnServer } from '../databases.js';

/** Keeps a host from its database while work goes on. */
export function withoutDatabase(address: DatabaseAddress, work: () => Promise<void>): Promise<void> {
  return address.type === 'postgres' ? cutOff(new URL(address.url), work) : held(address.database, work);
}

/** Another program holds the file for longer than anybody waits for it. */
async function held(database: string, work: () => Promise<void>): Promise<void> {
  const other = await new DataSource({ type: 'sqlite', database, busyTimeout: 5_000 }).initialize();
  await other.query('BEGIN EXCLUSIVE');
  await work();
  await other.query('COMMIT');
  await other.destroy();
}

/** All connections end, and no new one is taken. */
async function cutOff({ pathname }: URL, work: () => Promise<void>): Promise<void> {
  const name = pathname.slice(1);
  await runOnServer(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false`);
  await runOnServer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
  await work();
  await runOnServer(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS true`);
}
