import { type DataSource, getMetadataArgsStorage } from 'typeorm';
import { conversationTrackerEntities, conversationTrackerMigrations } from '../schema.js';

export interface SchemaDrift {
  /** Tables whose entity the DataSource does not know. */
  unknownTables: string[];
  /** Migrations of the package that the DataSource does not list. */
  unlistedMigrations: string[];
  /** Listed or not, those that have not run on this database. */
  pendingMigrations: string[];
  /** SQL that would make the tracker's tables what its entities say. */
  statements: string[];
}

/** Compares a database with the package, by names: the host may have loaded the package in its other format. */
export async function schemaDrift(dataSource: DataSource): Promise<SchemaDrift> {
  const tables = getMetadataArgsStorage()
    .filterTables(conversationTrackerEntities)
    .flatMap(({ name }) => name ?? []);
  const known = new Set(dataSource.entityMetadatas.map(({ tableName }) => tableName));
  const migrations = conversationTrackerMigrations.map((migration) => migration.name);
  const listed = new Set(dataSource.migrations.map(({ name, constructor }) => name ?? constructor.name));
  const ran = await ranMigrations(dataSource);
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  const ours = new RegExp(`\\b(temporary_)?(${tables.join('|')})\\b`);
  return {
    unknownTables: tables.filter((table) => !known.has(table)),
    unlistedMigrations: migrations.filter((name) => !listed.has(name)),
    pendingMigrations: migrations.filter((name) => !ran.has(name)),
    statements: upQueries.map(({ query }) => query).filter((query) => ours.test(query)),
  };
}

async function ranMigrations(dataSource: DataSource): Promise<Set<string>> {
  const table = dataSource.options.migrationsTableName ?? 'migrations';
  const runner = dataSource.createQueryRunner();
  try {
    if (!(await runner.hasTable(table))) return new Set();
  } finally {
    await runner.release();
  }
  const rows = await dataSource
    .createQueryBuilder()
    .select('m.name', 'name')
    .from(table, 'm')
    .getRawMany<{ name: string }>();
  return new Set(rows.map(({ name }) => name));
}
