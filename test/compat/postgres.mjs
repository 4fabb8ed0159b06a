// A database of its own for an app, on the server that CT_TEST_DATABASE names, or the one at 127.0.0.1:5432.
import { randomUUID } from 'node:crypto';
import pg from 'pg';

const SERVER = process.env.CT_TEST_DATABASE ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** @returns {Promise<{ url: string, drop: () => Promise<void> } | undefined>} undefined where no server answers */
export async function postgresDatabase() {
  const name = `ct_compat_${randomUUID().replaceAll('-', '')}`;
  try {
    await ask(`CREATE DATABASE ${name}`);
  } catch (error) {
    if (error.code !== 'ECONNREFUSED') throw error;
    return undefined;
  }
  const url = new URL(SERVER);
  url.pathname = name;
  return { url: url.href, drop: () => ask(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function ask(statement) {
  const client = new pg.Client({ connectionString: SERVER });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
