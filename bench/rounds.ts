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

const SLICE_MICROSECONDS = 40_000;
/** After this much work V8 has compiled what it will compile. */
const WARM_UP_MICROSECONDS = 600_000;

type Run = () => { length: number } | Promise<{ length: number }>;

/**
 * Turns that time `runs`: microseconds of processor time per call, over slices of as many calls as take about 40 ms, after
 * a warm-up. Processor time, since a process that waits for its turn on a busy machine would be timed while it waits.
 * What a run returns is counted, so that nothing is optimised away.
 */
export async function timedTurns<Side extends string>(runs: Readonly<Record<Side, Run>>): Promise<Record<Side, Turn>> {
  const turns: Partial<Record<Side, Turn>> = {};
  for (const side of Object.keys(runs) as Side[]) {
    let calls = 0;
    let spent = 0;
    for (let times = 1; spent < WARM_UP_MICROSECONDS; times = Math.min(times * 2, 200)) {
      spent += (await microseconds(runs[side], times)) * times;
      calls += times;
    }
    const times = Math.max(1, Math.round((SLICE_MICROSECONDS * calls) / spent));
    turns[side] = () => microseconds(runs[side], times);
  }
  return turns as Record<Side, Turn>;
}

async function microseconds(run: Run, times: number): Promise<number> {
  let written = 0;
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) {
    const result = run();
    written += (result instanceof Promise ? await result : result).length;
  }
  const { user, system } = process.cpuUsage(before);
  if (written === 0) throw new Error('nothing was written');
  return Math.max(1, user + system) / times;
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
