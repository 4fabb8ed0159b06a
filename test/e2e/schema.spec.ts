import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversationTrackerEntities, conversationTrackerMigrations } from 'nestjs-conversation-tracker';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.js';

let directory: string;
let rows: TestDatabase;
let database: DataSource;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-schema-'));
  rows = await createDatabase(directory);
  database = await new DataSource({
    ...rows.address,
    entities: conversationTrackerEntities,
    migrations: conversationTrackerMigrations,
  }).initialize();
});

afterEach(async () => {
  await database.destroy();
  await rows.drop();
  await rm(directory, { recursive: true });
});

const described = () => database.entityMetadatas.map(({ tableName }) => tableName).sort();

/** What lies in the database beside TypeORM's own list of migrations, indexes included. */
async function leftBehind(): Promise<string[]> {
  const left: { name: string }[] = await database.query(
    rows.address.type === 'sqlite'
      ? "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite%' AND name <> 'migrations'"
      : "SELECT relname AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname !~ '^(PK_.*|migrations.*)$'",
  );
  return left.map(({ name }) => name).sort();
}

it('the migrations make exactly the tables that the entities describe', async () => {
  await database.runMigrations();
  const { upQueries } = await database.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
  expect(await leftBehind()).toEqual(expect.arrayContaining(described()));
});

it('undoing the migrations leaves no table behind', async () => {
  await database.runMigrations();
  for (const _ of conversationTrackerMigrations) await database.undoLastMigration();
  expect(await leftBehind()).toEqual([]);
});
