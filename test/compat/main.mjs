// Installs the packed package in small strangers' apps, runs an order through each and prints what came of it.
//   node test/compat/main.mjs [WORDS OF A ROW …] [--tarball FILE] [--keep]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packPackage } from '../../scripts/pack-package.mjs';
import { readmeLinesNotInApp } from './readme-lines.mjs';
import { installations, rows } from './rows.mjs';
import { runRow } from './run-row.mjs';
import { install, installNode } from './strangers-app.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tarball: { type: 'string' }, keep: { type: 'boolean', default: false } },
});
const chosen = rows.filter(({ name }) => positionals.every((word) => name.includes(word)));
const directory = await mkdtemp(join(tmpdir(), 'ct-compat-'));
let failed = 0;

try {
  const missing = await readmeLinesNotInApp();
  const same = missing.length === 0 || `only in the README:\n${missing.join('\n')}`;
  report('The README’s lines are those of the app', Date.now(), { same });
  const tarball = values.tarball ? resolve(values.tarball) : await packPackage(directory);
  for (const [name, installation] of Object.entries(installations)) {
    const standing = chosen.filter((row) => row.installation === name);
    if (standing.length === 0) continue;
    const folder = join(directory, name);
    const start = Date.now();
    await install(folder, installation, tarball);
    console.log(`${name}: installed in ${seconds(start)} s`);
    for (const [n, row] of standing.entries()) {
      const begin = Date.now();
      const node = row.node && (await installNode(directory, row.node));
      report(row.name, begin, await runRow(join(folder, `row-${n}`), row, installation.compilerOptions, node));
    }
  }
} catch (error) {
  failed += 1;
  console.error(`${error.stderr ?? ''}${error.stack}`);
} finally {
  if (values.keep) console.log(`kept: ${directory}`);
  else await rm(directory, { recursive: true, force: true });
}
console.log(`${chosen.length + 1 - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function report(name, begin, results) {
  const wrong = Object.entries(results).filter(([, result]) => result !== true);
  if (wrong.length > 0) failed += 1;
  const right = Object.keys(results).filter((what) => results[what] === true);
  console.log(`${wrong.length > 0 ? 'FAILED' : 'ok    '} ${name} (${seconds(begin)} s): ${right.join(', ')}`);
  for (const [what, result] of wrong) console.log(`       ${what}: ${result}`);
}

function seconds(start) {
  return Math.round((Date.now() - start) / 1000);
}
