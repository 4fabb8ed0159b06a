import { performance } from 'node:perf_hooks';

/** One turn of one side: what it measured. */
export type Turn = () => number | Promise<number>;

/**
 * Lets every side have its turn `count` times, in a random order each time, so that whatever else the machine does meets
 * all of them.
 */
export async function shuffledRounds<Side extends string>(
  count: number,
  turns: Readonly<Record<Side, Turn>>,
): Promise<Record<Side, number>[]> {
  const rounds: Record<Side, number>[] = [];
  for (let n = 0; n < count; n++) {
    const round: Partial<Record<Side, number>> = {};
    for (const side of shuffled(Object.keys(turns) as Side[])) round[side] = await turns[side]();
    rounds.push(round as Record<Side, number>);
  }
  return rounds;
}

const SLICE_MS = 40;

/**
 * Turns that time `runs`: microseconds per call, over slices of about 40 ms of as many calls for each, after a warm-up.
 * What a run returns is counted, so that nothing is optimised away.
 */
export async function timedTurns<Side extends string>(
  runs: Readonly<Record<Side, () => { length: number } | Promise<{ length: number }>>>,
): Promise<Record<Side, Turn>> {
  const sides = Object.keys(runs) as Side[];
  const calls = new Map<Side, number>();
  for (const side of [...sides, ...sides]) {
    let times = 1;
    while ((await microseconds(runs[side], times)) * times < SLICE_MS * 1000) times *= 2;
    calls.set(side, times);
  }
  return Object.fromEntries(
    sides.map((side) => [side, () => microseconds(runs[side], calls.get(side)!)]),
  ) as unknown as Record<Side, Turn>;
}

async function microseconds(run: () => { length: number } | Promise<{ length: number }>, times: number) {
  let written = 0;
  const start = performance.now();
  for (let i = 0; i < times; i++) {
    const result = run();
    written += (result instanceof Promise ? await result : result).length;
  }
  const elapsed = performance.now() - start;
  if (written === 0) throw new Error('nothing was written');
  return (elapsed * 1000) / times;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Between two values, what lies between them. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  return sorted[below] + (sorted[Math.ceil(place)] - sorted[below]) * (place - below);
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}
