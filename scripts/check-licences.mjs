// Whether everything in the lock file may go with MIT: prints the licences with their counts, and exits with 1 for another one.
import { readFile } from 'node:fs/promises';

const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
]);
/** Of tools that nobody is given: they end nowhere in what is published or deployed. */
const ALLOWED_IN_DEVELOPMENT = new Set([...ALLOWED, 'MPL-2.0']);

const root = new URL('../', import.meta.url);
const { packages } = JSON.parse(await readFile(new URL('package-lock.json', root), 'utf8'));
const counts = new Map();
const refused = [];

for (const [path, { link, dev, license, version }] of Object.entries(packages)) {
  if (!path.includes('node_modules/') || link) continue;
  const licence = license ?? (await licenceInside(path));
  counts.set(licence, (counts.get(licence) ?? 0) + 1);
  if (!isAllowed(licence, dev ? ALLOWED_IN_DEVELOPMENT : ALLOWED)) refused.push(`${path}@${version}: ${licence}`);
}
for (const [licence, count] of [...counts].sort(([, a], [, b]) => b - a)) console.log(`${count} ${licence}`);
for (const line of refused) console.error(`not allowed: ${line}`);
if (refused.length > 0) process.exitCode = 1;

/** Old packages have `licenses: [{ type }]`, which a lock file leaves out. */
async function licenceInside(path) {
  const text = await readFile(new URL(`${path}/package.json`, root), 'utf8').catch(() => '{}');
  const { license, licenses } = JSON.parse(text);
  const names = [license ?? licenses ?? []].flat().map((one) => (typeof one === 'string' ? one : one.type));
  return names.join(' OR ') || 'none named';
}

/** An SPDX expression without nesting: one of those with OR, all of those with AND. */
function isAllowed(expression, allowed) {
  const bare = expression.replace(/^\(|\)$/g, '');
  if (bare.includes(' OR ')) return bare.split(' OR ').some((one) => isAllowed(one, allowed));
  return bare.split(' AND ').every((one) => allowed.has(one));
}
