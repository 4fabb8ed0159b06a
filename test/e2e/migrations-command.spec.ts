import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversationTrackerEntities, conversationTrackerMigrations } from 'nestjs-conversation-tracker';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrationsCommand } from '../../libs/conversation-tracker/src/cli/migrations.command.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-migrations-'));
});
afterEach(() => rm(directory, { recursive: true }));

const complete = { entities: conversationTrackerEntities, migrations: conversationTrackerMigrations };

function options(more: object): DataSourceOptions {
  return { type: 'sqlite', database: join(directory, 'oms.sqlite'), ...more };
}

async function inDatabase(work: (dataSource: DataSource) => Promise<unknown>): Promise<void> {
  const dataSource = await new DataSource(options(complete)).initialize();
  await work(dataSource);
  await dataSource.destroy();
}

/** Runs the command on a file that exports a DataSource; the file takes it from this process, as no host's would. */
async function migrations(given: object = complete, write = 'export default dataSource;') {
  const file = join(directory, 'data-source.mjs');
  const dataSource = new DataSource(options(given));
  const name = `ct-test-${directory}`;
  Object.assign(globalThis, { [name]: dataSource });
  await writeFile(file, `const dataSource = globalThis[${JSON.stringify(name)}];\n${write}`);
  return { dataSource, ...(await run(file)) };
}

async function run(...args: string[]) {
  let out = '';
  let error = '';
  const status = await migrationsCommand(args, { out: (text) => (out += text), error: (text) => (error += text) });
  return { status, out, error };
}

describe('the migrations command', () => {
  it('finds a migrated database as it should be, and leaves the host’s own connection alone', async () => {
    await inDatabase((database) => database.runMigrations());
    const { status, out, dataSource } = await migrations();
    expect(out).toBe('The tables are as they should be.\n');
    expect(status).toBe(0);
    expect(dataSource.isInitialized).toBe(false);
  });

  it('names what has not run yet, and runs nothing', async () => {
    const { status, out } = await migrations({ ...complete, migrationsRun: true, synchronize: true });
    expect(out).toBe(`Not run yet: ${conversationTrackerMigrations.map(({ name }) => name).join(', ')}.\n`);
    expect(status).toBe(1);
    await inDatabase(async (database) => {
      expect(await database.createQueryRunner().hasTable('ct_alias')).toBe(false);
    });
  });

  it('shows the SQL that would mend a table that somebody changed', async () => {
    await inDatabase(async (database) => {
      await database.runMigrations();
      await database.query('DROP INDEX "ix_ct_alias_expiry"');
      await database.query('CREATE TABLE "yours" ("id" varchar PRIMARY KEY NOT NULL)');
    });
    const { status, out } = await migrations();
    expect(out).toMatch(/The tables differ.*\n {2}CREATE INDEX "ix_ct_alias_expiry" ON "ct_alias" .*;\n$/);
    expect(status).toBe(1);
  });

  it('says what a DataSource without the package lacks', async () => {
    const { status, out } = await migrations({ entities: [] }, 'export const oms = Promise.resolve(dataSource);');
    expect(out).toMatch(/does not know .*ct_alias.*\.\.\.conversationTrackerEntities/);
    expect(out).toMatch(/does not list CreateConversationTracker.*\.\.\.conversationTrackerMigrations/);
    expect(status).toBe(1);
  });

  it.each([
    ['no file', () => [], /name one file/],
    ['TypeScript', () => ['src/data-source.ts'], /compile src\/data-source\.ts first/],
    ['a file that is not there', () => [join(directory, 'none.js')], /none\.js/],
  ])('ends with status 2 and how to call it for %s', async (_, args, reason) => {
    const { status, error } = await run(...args());
    expect(status).toBe(2);
    expect(error).toMatch(reason);
    expect(error).toContain('Usage: migrations');
  });

  it('ends with status 2 for a file that exports no DataSource', async () => {
    const { status, error } = await migrations(complete, 'export const other = 1;');
    expect(status).toBe(2);
    expect(error).toContain('exports no DataSource');
  });
});
