/**
 * `npm run soak [-- --json] [--postgres] [--only WORDS]`: real processes on loopback, killed, stopped, starved and cut off while
 * eight people write to aliases, and a count of what was accepted and never arrived, or arrived twice without need. Ends with 1
 * where anything did. On SQLite, or with `--postgres` on the PostgreSQL server that CT_TEST_DATABASE names or the local one.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { postgresDatabase, sqliteDatabase } from '../databases.js';
import { runCases } from './cases.js';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    postgres: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
async function open() {
  const database = values.postgres ? await postgresDatabase() : await sqliteDatabase();
  if (!database) throw new Error('start a PostgreSQL server, or name one in CT_TEST_DATABASE');
  return database;
}

const directory = await mkdtemp(join(tmpdir(), 'ct-soak-'));
try {
  const cases = await runCases(directory, values.only, open, (line) => process.stderr.write(`${line}\n`));
  const sum = (field: 'accepted' | 'lost' | 'duplicated') =>
    Object.values(cases).reduce((total, report) => total + report[field], 0);
  const report = { accepted: sum('accepted'), lost: sum('lost'), duplicated: sum('duplicated'), cases };
  if (values.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else {
    for (const [name, { accepted, lost, duplicated, mayDuplicate, refused }] of Object.entries(cases)) {
      const told = Object.entries(refused).map(([code, count]) => `${count} × ${code === '0' ? 'broken off' : code}`);
      process.stdout.write(
        `${name}: ${accepted} accepted, ${lost} lost, ${duplicated} twice (at most ${mayDuplicate}); not taken: ${told.join(', ') || 'none'}\n`,
      );
    }
  }
  const tooMany = Object.values(cases).some(({ duplicated, mayDuplicate }) => duplicated > mayDuplicate);
  if (report.lost > 0 || tooMany) process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}
