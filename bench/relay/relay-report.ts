import type { FileResult, Leak } from './relay-file.js';

/** Held for what they are, whatever stands in them: nobody would expect these to be relayed. */
const NOT_ELIGIBLE = new Set(['report', 'automatic', 'bulk', 'encrypted', 'opaque', 'tnef']);

export interface RelayFigures {
  readonly files: number;
  readonly relayed: number;
  /** By reason. */
  readonly held: Readonly<Record<string, number>>;
  readonly refused: number;
  /** Why the SMTP server would have refused them. */
  readonly refusedBecause: Readonly<Record<string, number>>;
  readonly unreadable: number;
  readonly crashed: number;
  readonly hung: number;
  readonly leaks: readonly Leak[];
  readonly untouchedPartsDiffer: number;
  readonly differing: readonly string[];
  /** Files that are neither reports, automatic answers, bulk, encrypted nor opaque. */
  readonly eligible: number;
  /** Of the eligible, 0 to 1. */
  readonly relayedShare: number;
  /** How often each kind of edit was made. */
  readonly changed: Readonly<Record<string, number>>;
  /** What was eligible and was not relayed. */
  readonly notRelayed: readonly string[];
  readonly seconds: number;
}

/** Adds up what became of the files. */
export class RelayReport {
  private readonly results: FileResult[] = [];
  private readonly began = performance.now();

  add(result: FileResult): void {
    this.results.push(result);
  }

  isGood(): boolean {
    const { crashed, hung, leaks, untouchedPartsDiffer } = this.figures();
    return crashed + hung + leaks.length + untouchedPartsDiffer === 0;
  }

  figures(): RelayFigures {
    const { results } = this;
    const of = (kind: FileResult['fate']['kind']): number => results.filter(({ fate }) => fate.kind === kind).length;
    const reasons = (kind: 'held' | 'refused'): Record<string, number> =>
      counted(results.flatMap(({ fate }) => (fate.kind === kind ? [fate.reason] : [])));
    const eligible = results.filter(
      ({ fate, isReport }) =>
        fate.kind === 'relayed' || (!isReport && (fate.kind !== 'held' || !NOT_ELIGIBLE.has(fate.reason))),
    );
    const changed: Record<string, number> = {};
    for (const [kind, count] of results.flatMap((result) => Object.entries(result.changed))) {
      changed[kind] = (changed[kind] ?? 0) + count;
    }
    const differing = results.flatMap((result) => result.differing);
    return {
      files: results.length,
      relayed: of('relayed'),
      held: reasons('held'),
      refused: of('refused'),
      refusedBecause: reasons('refused'),
      unreadable: of('unreadable'),
      crashed: of('crashed'),
      hung: of('hung'),
      leaks: results.flatMap(({ leaks }) => leaks),
      untouchedPartsDiffer: differing.length,
      differing,
      eligible: eligible.length,
      relayedShare: eligible.length === 0 ? 1 : of('relayed') / eligible.length,
      changed,
      notRelayed: eligible
        .filter(({ fate }) => fate.kind !== 'relayed')
        .map(({ file, fate }) => `${file}: ${'reason' in fate ? `${fate.kind}, ${fate.reason}` : fate.kind}`),
      seconds: Math.round(performance.now() - this.began) / 1000,
    };
  }
}

function counted(reasons: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
