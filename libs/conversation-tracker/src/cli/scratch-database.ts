import { join } from 'node:path';
import { DataSource, type DataSourceOptions } from 'typeorm';

/** Each is the embedded driver of some host: TypeORM 1.x has no `sqlite`, and nobody has all three packages installed. */
const drivers = [
  { type: 'sqlite', npm: 'sqlite3' },
  { type: 'better-sqlite3', npm: 'better-sqlite3' },
  { type: 'sqljs', npm: 'sql.js' },
] as const;

/**
 * A database in a directory, by the first embedded driver that is installed.
 * @throws Error naming the packages of which one is needed
 */
export function scratchDatabase(directory: string): DataSourceOptions {
  for (const { type } of drivers) {
    // sql.js takes no path: it keeps everything in memory.
    const options = (
      type === 'sqljs' ? { type } : { type, database: join(directory, 'scratch.sqlite') }
    ) as DataSourceOptions;
    if (loads(options)) return options;
  }
  throw new Error(`install one of ${drivers.map(({ npm }) => npm).join(', ')}: a scratch database is made with it`);
}

/** TypeORM loads a driver's package where the DataSource is constructed, and opens nothing before `initialize`. */
function loads(options: DataSourceOptions): boolean {
  try {
    return new DataSource(options).options === options;
  } catch {
    return false;
  }
}
