import { conversationTrackerEntities, conversationTrackerMigrations } from 'nestjs-conversation-tracker';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';

let database: DataSource;

beforeEach(async () => {
  database = await new DataSource({
    type: 'sqlite',
    database: ':memory:',
    entities: conversationTrackerEntities,
    migrations: conversationTrackerMigrations,
  }).initialize();
});

afterEach(() => database.destroy());

const tables = async () => {
  const rows: { name: string }[] = await database.query(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'ct\\_%' ESCAPE '\\'",
  );
  return rows.map(({ name }) => name).sort();
};

it('the migrations make exactly the tables that the entities describe', async () => {
  await database.runMigrations();
  const { upQueries } = await database.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
  expect(await tables()).toEqual(database.entityMetadatas.map(({ tableName }) => tableName).sort());
});

it('undoing the migrations leaves no table behind', async () => {
  await database.runMigrations();
  await database.undoLastMigration();
  expect(await tables()).toEqual([]);
});
