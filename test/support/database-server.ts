import { randomBytes } from 'node:crypto';
import { POSTGRES_URL_VARIABLE, runOn } from './database.js';

const DEFAULT_SERVER = 'postgres://postgres@127.0.0.1:5432/postgres';

/** Gives a run of the specs a PostgreSQL database of its own, and drops it afterwards. */
export async function setup(): Promise<() => Promise<void>> {
  const server = process.env[POSTGRES_URL_VARIABLE] ?? DEFAULT_SERVER;
  const name = `ct_test_${randomBytes(6).toString('hex')}`;
  try {
    await runOn(server, `CREATE DATABASE ${name}`);
  } catch (cause) {
    throw new Error(
      `no PostgreSQL at ${hidePassword(server)} that lets this user make a database; start one, or name another as ` +
        `${POSTGRES_URL_VARIABLE}=postgres://user:password@host:5432/postgres`,
      { cause },
    );
  }
  const own = new URL(server);
  own.pathname = `/${name}`;
  process.env[POSTGRES_URL_VARIABLE] = own.href;
  // Connections of processes that a test killed may still be open.
  return () => runOn(server, `DROP DATABASE ${name} WITH (FORCE)`);
}

function hidePassword(url: string): string {
  const shown = new URL(url);
  if (shown.password) shown.password = '***';
  return shown.href;
}
