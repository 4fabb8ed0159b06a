import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DataSource } from 'typeorm';

/** Names the PostgreSQL database that the specs use; without it each takes a SQLite file. */
export const POSTGRES_URL_VARIABLE = 'CT_TEST_DATABASE';

export const onPostgres = process.env[POSTGRES_URL_VARIABLE] !== undefined;

/** Where a host's tables lie. Plain data: a test hands it to the processes that it starts. */
export type DatabaseAddress =
  | { type: 'sqlite'; database: string; enableWAL: true; busyTimeout: number }
  | { type: 'postgres'; url: string; schema: string; extra: { options: string } };

export interface TestDatabase {
  readonly address: DatabaseAddress;
  /** Call it when nobody is connected any more. A SQLite file goes with its directory. */
  drop(): Promise<void>;
}

/** An empty database that nobody else uses: a SQLite file in `directory`, or a schema on the PostgreSQL server. */
export async function createDatabase(directory: string): Promise<TestDatabase> {
  const url = process.env[POSTGRES_URL_VARIABLE];
  if (url === undefined) {
    const database = join(directory, 'host.sqlite');
    return { address: { type: 'sqlite', database, enableWAL: true, busyTimeout: 5_000 }, drop: async () => {} };
  }
  const schema = `ct_${randomBytes(8).toString('hex')}`;
  await runOn(url, `CREATE SCHEMA ${schema}`);
  return {
    // The search path is for a host's own SQL; the package's statements name the schema.
    address: { type: 'postgres', url, schema, extra: { options: `-c search_path=${schema}` } },
    drop: () => runOn(url, `DROP SCHEMA ${schema} CASCADE`),
  };
}

/** Runs one statement on a connection of its own. */
export async function runOn(url: string, statement: string): Promise<void> {
  const connection = await new DataSource({ type: 'postgres', url }).initialize();
  try {
    await connection.query(statement);
  } finally {
    await connection.destroy();
  }
}
