import { DataSource, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { TrackerError } from '../kernel/errors.js';
import { keepStatements } from './own-connection.js';
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
  const { options } = host;
  const ownFile = options.type === 'sqlite' && options.database !== ':memory:';
  const database = new TrackerDatabase(ownFile ? await openOwn(options.database, entities) : host, ownFile);
  await requireTables(database, host, entities);
  return database;
}

async function openOwn(database: string, entities: Entities): Promise<DataSource> {
  const own = await new DataSource({
    type: 'sqlite',
    database,
    entities: [...entities] as never[],
    enableWAL: true,
    busyTimeout: BUSY_TIMEOUT_MS,
  }).initialize();
  keepStatements(own);
  // What is deleted is overwritten, instead of left in free pages (https://sqlite.org/pragma.html#pragma_secure_delete).
  await own.query('PRAGMA secure_delete = ON');
  return own;
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
