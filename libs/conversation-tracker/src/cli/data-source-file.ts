import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type DataSource, type DataSourceOptions } from 'typeorm';

/** What a file of the host's exports, CommonJS or ES module. */
export type Exported = Readonly<Record<string, unknown>>;

/** @throws Error that says what to name instead. */
export async function importFile(file: string): Promise<Exported> {
  if (/\.[cm]?tsx?$/.test(file)) throw new Error(`compile ${file} first and name the JavaScript`);
  return (await import(pathToFileURL(resolve(file)).href)) as Exported;
}

/** What CommonJS exports stands below `default`. */
const belowDefault = (exported: Exported) => Object(exported['default']) as Exported;

export function exportNamed(exported: Exported, name: string): unknown {
  return exported[name] ?? belowDefault(exported)[name];
}

/** @throws Error where the file exports no DataSource. */
export async function dataSourceOf(file: string, exported: Exported): Promise<DataSource> {
  for (const candidate of [...Object.values(exported), ...Object.values(belowDefault(exported))]) {
    const value: unknown = await candidate;
    if (isDataSource(value)) return value;
  }
  throw new Error(`${file} exports no DataSource`);
}

/** By its shape: the host's TypeORM may be another copy than the package's. */
function isDataSource(value: unknown): value is DataSource {
  return (
    typeof value === 'object' && value !== null && 'initialize' in value && 'options' in value && 'driver' in value
  );
}

/** A DataSource to the same database that neither synchronizes nor migrates when it opens. */
export function onlyToLook({ options, constructor }: DataSource): DataSource {
  const Same = constructor as new (options: DataSourceOptions) => DataSource;
  return new Same({ ...options, synchronize: false, migrationsRun: false, dropSchema: false });
}
