import { median } from './rounds.js';

/** One measured line of a table. */
export interface Figure {
  id: string;
  /** What was compared, in a few words. */
  what: string;
  /** The median of the rounds: a ratio, or a number of `unit`. */
  ratio: number;
  /** What it has to reach; a line that only shows something has none. */
  floor?: number;
  /** Whether it has to be at least the floor, or at most. */
  better: 'higher' | 'lower';
  /** Only where the figure is no ratio. */
  unit?: 'ms' | 'MB';
  /** How many rounds there were. */
  rounds: number;
  perRound: number[];
  /** What was measured of each side, by name and with its unit: for the eye, never held to anything. */
  absolutes: Record<string, string>;
  /** What a reader must know beside. */
  note?: string;
}

export type FigureInput = Omit<Figure, 'ratio' | 'rounds'>;

export function figure(input: FigureInput): Figure {
  return { ...input, ratio: median(input.perRound), rounds: input.perRound.length };
}

export function reached({ ratio, floor, better }: Figure): boolean {
  if (floor === undefined) return true;
  return better === 'higher' ? ratio >= floor : ratio <= floor;
}

/** `≥ 0.920`, or `none`. */
export function shownFloor({ floor, better, unit }: Figure): string {
  return floor === undefined ? 'none' : `${better === 'higher' ? '≥' : '≤'} ${shown(floor, unit)}`;
}

/** How far above its floor: below 1 it missed. */
function margin({ ratio, floor, better }: Figure): number {
  if (floor === undefined) return Infinity;
  return better === 'higher' ? ratio / floor : floor / ratio;
}

/** Per id the figure that is nearest to its floor, or furthest below, with all its lines. */
export function byId(figures: readonly Figure[]): Record<string, Figure & { lines: Figure[] }> {
  const ids = [...new Set(figures.map(({ id }) => id))];
  return Object.fromEntries(
    ids.map((id) => {
      const lines = figures.filter((each) => each.id === id);
      const [worst] = lines.toSorted((a, b) => margin(a) - margin(b));
      return [id, { ...worst, lines }];
    }),
  );
}

/** `0.944`, `12.3`, `625`, `18.2 ms`. */
export function shown(value: number, unit?: string): string {
  const digits = value < 2 ? 3 : value < 100 ? 1 : 0;
  return unit ? `${value.toFixed(1)} ${unit}` : value.toFixed(digits);
}
