/**
 * `npm run route-walk [-- --json]`: asks every route of the reference OMS's OpenAPI document with a store's real ids: without a
 * key, as another store's owner and as each role that is too low. Ends with 1 where anybody got more than 401, 403 or 404.
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
    const asked = walk.routes.reduce((sum, { tooLow }) => sum + 2 + Object.keys(tooLow).length, 0);
    const rows = walk.routes.map(({ route, nobody, otherStore, tooLow, allowed }) => [
      route,
      String(nobody),
      String(otherStore),
      Object.entries(tooLow)
        .map(([role, status]) => `${role} ${status}`)
        .join(', ') || '—',
      String(allowed),
    ]);
    const table = [['route', 'no key', 'other store', 'role too low', 'who may'], ...rows];
    const widths = table[0].map((_, n) => Math.max(...table.map((row) => row[n].length)));
    for (const row of table) {
      process.stdout.write(
        `${row
          .map((cell, n) => cell.padEnd(widths[n]))
          .join('  ')
          .trimEnd()}\n`,
      );
    }
    process.stdout.write(
      `\n${walk.routes.length} routes, asked ${asked} times by who may not, ${walk.findings.length} findings\n`,
    );
    for (const finding of walk.findings) process.stdout.write(`${finding}\n`);
  }
  if (walk.findings.length > 0) process.exitCode = 1;
} finally {
  await oms.stop();
}
