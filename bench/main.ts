/**
 * The benchmarks: `npm run bench -- all | order-masking | templates | aliases | purge | boot | inbound | hostile [--json] [--write]`.
 * `--json` prints one object with the ids as keys; `--write` writes the tables into docs/reference/benchmarks.md.
 */
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { byId, type Figure } from './figure.js';
import { printFigures } from './print-figures.js';
import { writeReference } from './write-reference.js';

const suites: Record<string, () => Promise<{ measure(): Promise<Figure[]> }>> = {
  'order-masking': () => import('./order-masking/suite.js'),
  templates: () => import('./templates/suite.js'),
  aliases: () => import('./aliases/suite.js'),
  purge: () => import('./purge/suite.js'),
  boot: () => import('./boot/suite.js'),
  inbound: () => import('./inbound/suite.js'),
  hostile: () => import('./hostile/suite.js'),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
});
const names = positionals.includes('all') ? Object.keys(suites) : positionals;
const unknown = names.filter((name) => !Object.hasOwn(suites, name));

if (names.length === 0 || unknown.length > 0) {
  process.stderr.write(`Usage: npm run bench -- all | ${Object.keys(suites).join(' | ')} [--json] [--write]\n`);
  process.exitCode = 2;
} else {
  const figures: Figure[] = [];
  for (const name of names) {
    const suite = await suites[name]();
    const measured = await suite.measure();
    figures.push(...measured);
    if (!values.json) printFigures(name, measured);
    if (values.write) await writeReference(name, measured);
  }
  if (values.json) process.stdout.write(`${JSON.stringify(byId(figures), null, 2)}\n`);
}
