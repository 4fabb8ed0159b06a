import { DataSource, type DataSourceOptions, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { TrackerError } from '../kernel/errors.js';
import { TrackerDatabase } from './tracker-database.js';

const BUSY_TIMEOUT_MS = 5_000;

type Entities = readonly EntityTarget<ObjectLiteral>[];

/**
 * Takes the host's DataSource, or opens a second connection to the same file where the host's is SQLite: TypeORM shares
 * one connection per DataSource there, and the host's open transaction would take our rows back with it.
 * @throws TrackerError `configuration-invalid` when the host did not register the entities or run the migrations.
 */
export async function openTrackerDatabase(host: DataSource, entities: Entities): Promise<TrackerDatabase> {
  if (!entities.every((entity) => host.hasMetadata(entity))) {
    throw new TrackerError(
      'configuration-invalid',
      'the DataSource does not know the tracker\'s entities; add ...conversationTrackerEntities to "entities" of ' +
        'TypeOrmModule.forRoot() (a glob or autoLoadEntities does not find them)',
    );
  }
  const own = ownConnection(host, entities);
  const database = new TrackerDatabase(own ? await new DataSource(own).initialize() : host, own !== undefined);
  await requireTables(database, host, entities);
  return database;
}

/** A database in memory has one connection, which the host's transactions share: for tests. */
function ownConnection({ options }: DataSource, entities: Entities): DataSourceOptions | undefined {
  const common = { entities: [...entities] as never[], enableWAL: true };
  switch (options.type) {
    case 'sqlite': {
      const { type, database } = options;
      return database === ':memory:' ? undefined : { ...common, type, database, busyTimeout: BUSY_TIMEOUT_MS };
    }
    // The one that TypeORM 1.x has; it is opened as the host opens it.
    case 'better-sqlite3': {
      const { type, database, driver, nativeBinding, key, prepareDatabase } = options;
      const opened = { driver, nativeBinding, key, prepareDatabase };
      return /^(:memory:)?$/.test(database)
        ? undefined
        : { ...common, ...opened, type, database, timeout: BUSY_TIMEOUT_MS };
    }
    default:
      return undefined;
  }
}

async function requireTables(database: TrackerDatabase, host: DataSource, entities: Entities): Promise<void> {
  const runner = host.createQueryRunner();
  try {
    for (const entity of entities) {
      const { tablePath, tableName } = host.getMetadata(entity);
      if (await runner.hasTable(tablePath)) continue;
      throw new TrackerError(
        'configuration-invalid',
        `the table ${tableName} is missing; add ...conversationTrackerMigrations to "migrations" of ` +
          'TypeOrmModule.forRoot() and run them (migrationsRun: true, or typeorm migration:run)',
      );
    }
  } catch (error) {
    await database.onApplicationShutdown();
    throw error;
  } finally {
    await runner.release();
  }
}
