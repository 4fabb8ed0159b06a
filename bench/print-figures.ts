import { type Figure, reached, shown, shownFloor } from './figure.js';

export function printFigures(suite: string, figures: readonly Figure[]): void {
  console.log(`\n${suite}`);
  for (const each of figures) {
    const { id, what, ratio, floor, unit, rounds, absolutes, note } = each;
    const verdict = floor === undefined ? '' : reached(each) ? ': reached' : ': MISSED';
    console.log(
      `${id.padEnd(7)} ${what}: ${shown(ratio, unit)} (floor ${shownFloor(each)}${verdict}; ${rounds} rounds)`,
    );
    const sides = Object.entries(absolutes).map(([side, value]) => `${side} ${value}`);
    console.log(`        ${[...sides, ...(note ? [note] : [])].join('; ')}`);
  }
}
