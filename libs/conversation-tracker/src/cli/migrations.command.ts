import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { type CommandOutput } from './command-output.js';
import { dataSourceOf, importFile, onlyToLook } from './data-source-file.js';
import { type SchemaDrift, schemaDrift } from './schema-drift.js';

const USAGE = `Usage: migrations DATA_SOURCE.js

Shows whether a database has the tracker's tables as they should be, and changes nothing. The file is JavaScript that
exports a TypeORM DataSource, such as dist/data-source.js.

Exit status: 0 when all is well, 1 when something is missing or differs, 2 when the file or the database cannot be used.
`;

/** @returns the exit status. */
export async function migrationsCommand(args: readonly string[], write: CommandOutput): Promise<number> {
  try {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
    const [file, ...more] = positionals;
    if (!file || more.length > 0) throw new Error('name one file that exports a DataSource');
    const dataSource = onlyToLook(await dataSourceOf(file, await importFile(file)));
    await dataSource.initialize();
    try {
      const lines = describe(await schemaDrift(dataSource));
      write.out(lines.length === 0 ? 'The tables are as they should be.\n' : lines.join('\n'));
      return lines.length === 0 ? 0 : 1;
    } finally {
      await dataSource.destroy();
    }
  } catch (error) {
    write.error(`migrations: ${error instanceof Error ? error.message : 'failed'}\n\n${USAGE}`);
    return 2;
  }
}

function describe({ unknownTables, unlistedMigrations, pendingMigrations, statements }: SchemaDrift): string[] {
  const pending = pendingMigrations.filter((name) => !unlistedMigrations.includes(name));
  return [
    ...(unknownTables.length > 0
      ? [
          `The DataSource does not know ${unknownTables.join(', ')}: add ...conversationTrackerEntities to "entities".\n`,
        ]
      : []),
    ...(unlistedMigrations.length > 0
      ? [`It does not list ${unlistedMigrations.join(', ')}: add ...conversationTrackerMigrations to "migrations".\n`]
      : []),
    ...(pending.length > 0 ? [`Not run yet: ${pending.join(', ')}.\n`] : []),
    ...(statements.length > 0 && pendingMigrations.length === 0
      ? [
          `The tables differ from what the migrations made. This would mend them:\n${statements.map((sql) => `  ${sql};\n`).join('')}`,
        ]
      : []),
  ];
}
