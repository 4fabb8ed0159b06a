import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { type Figure, reached, shown, shownFloor } from './figure.js';

/** This file runs from `bench/dist/bench`. */
const REFERENCE = new URL('../../../docs/reference/benchmarks.md', import.meta.url);

/** Puts the table of a suite between its marks in docs/reference/benchmarks.md. What stands outside of marks is written by hand. */
export async function writeReference(suite: string, figures: readonly Figure[]): Promise<void> {
  const text = await readFile(REFERENCE, 'utf8');
  const begin = `<!-- begin ${suite} -->`;
  const end = `<!-- end ${suite} -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`docs/reference/benchmarks.md has no place for ${suite}`);
  const section = `${begin}\n\n${machine()}\n\n${table(figures)}\n\n`;
  await writeFile(REFERENCE, text.slice(0, from) + section + text.slice(to));
}

function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const day = new Date().toISOString().slice(0, 10);
  return `Measured on ${day} with Node ${process.version} on ${cpus().length} × ${cpu.model}, ${memory} GB.`;
}

function table(figures: readonly Figure[]): string {
  const rows = figures.map((each) => {
    const { id, what, ratio, unit, rounds, absolutes, note } = each;
    const sides = Object.entries(absolutes).map(([side, value]) => `${side}: ${value}`);
    const cells = [
      id,
      what + (note ? `; ${note}` : ''),
      reached(each) ? shown(ratio, unit) : `**${shown(ratio, unit)}**`,
      shownFloor(each),
      String(rounds),
      sides.join('; '),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| id | what | figure | floor | rounds | in this run |', '|---|---|---|---|---|---|', ...rows].join('\n');
}
