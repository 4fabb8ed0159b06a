import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversationTrackerEntities, conversationTrackerMigrations } from 'nestjs-conversation-tracker';
import { DataSource } from 'typeorm';
import { createDatabase, type TestDatabase } from './database.js';

/** With these a host on PostgreSQL makes its tables; on SQLite it finds that nothing is left to do. */
export const migratedTables = {
  entities: conversationTrackerEntities,
  migrations: conversationTrackerMigrations,
  migrationsRun: true,
};

/**
 * A database for hosts that have {@link migratedTables}. On SQLite it has the tables already: a host takes as long to make them
 * as for all else that it does at its start.
 */
export async function createMigratedDatabase(directory: string): Promise<TestDatabase> {
  const rows = await createDatabase(directory);
  const { address } = rows;
  if (address.type === 'sqlite') await writeFile(address.database, await migratedFile());
  return rows;
}

let file: Promise<Buffer> | undefined;

/** What the migrations make of an empty file, once for a process. */
function migratedFile(): Promise<Buffer> {
  return (file ??= migrate());
}

async function migrate(): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'ct-migrated-'));
  const database = join(directory, 'host.sqlite');
  try {
    const source = await new DataSource({ type: 'sqlite', database, enableWAL: true, ...migratedTables }).initialize();
    // The last to close writes the journal into the file.
    await source.destroy();
    return await readFile(database);
  } finally {
    await rm(directory, { recursive: true });
  }
}
