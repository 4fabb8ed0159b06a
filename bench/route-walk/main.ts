/**
 * `npm run route-walk [-- --json]`: asks every route of the reference OMS's OpenAPI document, and every page and form that it has
 * besides, with a store's real ids: without a key or a session, as another store's owner, as each role that is too low, from
 * another site's page and without a form's token. Ends with 1 where anybody got more than 401, 403, 404 or the way to sign in.
 */
import { parseArgs } from 'node:util';
import { walkRoutes } from './walk-routes.js';
import { WalkedOms } from './walked-oms.js';
import { fillStore } from './walked-store.js';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const oms = await WalkedOms.start();
try {
  const walk = await walkRoutes(oms, await fillStore(oms, 'shop'), 'outlet');
  if (values.json) process.stdout.write(`${JSON.stringify(walk, null, 2)}\n`);
  else {
    const { routes, pages, findings } = walk;
    printTable([
      ['route', 'no key', 'other store', 'role too low', 'by session', 'who may'],
      ...routes.map(({ route, nobody, otherStore, tooLow, sessions, allowed }) => [
        route,
        String(nobody),
        String(otherStore),
        told(tooLow),
        told(sessions),
        String(allowed),
      ]),
    ]);
    process.stdout.write('\n');
    printTable([
      ['page or form', 'who may not', 'who may'],
      ...pages.map(({ route, refused, allowed }) => [route, told(refused), allowed]),
    ]);
    const asked = [
      ...routes.map(({ tooLow, sessions }) => 2 + Object.keys(tooLow).length + Object.keys(sessions).length),
      ...pages.map(({ refused }) => Object.keys(refused).length),
    ].reduce((sum, times) => sum + times, 0);
    process.stdout.write(
      `\n${routes.length} routes, ${pages.length} pages and forms, asked ${asked} times by who may not, ${findings.length} findings\n`,
    );
    for (const finding of findings) process.stdout.write(`${finding}\n`);
  }
  if (walk.findings.length > 0) process.exitCode = 1;
} finally {
  await oms.stop();
}

function told(answers: Readonly<Record<string, number | string>>): string {
  const each = Object.entries(answers).map(([whom, answer]) => `${whom} ${answer}`);
  return each.join(', ') || '—';
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0].map((_, n) => Math.max(...rows.map((row) => row[n].length)));
  for (const row of rows) {
    const line = row.map((cell, n) => cell.padEnd(widths[n])).join('  ');
    process.stdout.write(`${line.trimEnd()}\n`);
  }
}
