import { type Figure, reached, shown } from './figure.js';

export function printFigures(suite: string, figures: readonly Figure[]): void {
  console.log(`\n${suite}`);
  for (const each of figures) {
    const { id, what, ratio, floor, better, unit, rounds, absolutes, note } = each;
    const verdict = reached(each) ? 'reached' : 'MISSED';
    const limit = `${better === 'higher' ? 'at least' : 'at most'} ${shown(floor, unit)}`;
    console.log(`${id.padEnd(7)} ${what}: ${shown(ratio, unit)} (${limit}: ${verdict}; ${rounds} rounds)`);
    const sides = Object.entries(absolutes).map(([side, value]) => `${side} ${value}`);
    console.log(`        ${[...sides, ...(note ? [note] : [])].join('; ')}`);
  }
}
