import type { FileResult, Leak } from './relay-file.js';

export interface RelayFigures {
  readonly files: number;
  /** Files that named no author and were given one. */
  readonly authorPlanted: number;
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
  /** Of well-formed messages. */
  readonly untouchedPartsDiffer: number;
  readonly differing: readonly string[];
  /** The same in messages of which readers see different parts. */
  readonly illFormedDiffering: readonly string[];
  /** Files that are no reports, automatic answers, bulk, encrypted nor opaque mail, relayed or not. */
  readonly eligible: number;
  readonly eligibleRelayed: number;
  /** What is not eligible, by what it is, relayed or not. */
  readonly exempt: Readonly<Record<string, number>>;
  readonly exemptRelayed: number;
  /** `eligibleRelayed` of `eligible`, 0 to 1. */
  readonly relayedShare: number;
  /** How often each kind of edit was made. */
  readonly changed: Readonly<Record<string, number>>;
  /** What was eligible and was not relayed. */
  readonly notRelayed: readonly string[];
  readonly seconds: number;
}

/** How much of what should be relayed was, in one collection. */
export type CollectionShare = { readonly collection: string } & Pick<
  RelayFigures,
  'files' | 'eligible' | 'eligibleRelayed' | 'relayedShare'
>;

/** Adds up what became of the files. */
export class RelayReport {
  private readonly results: FileResult[] = [];
  private readonly began = performance.now();
  private seconds = 0;

  constructor(private readonly collection = '') {}

  /** All of them as one. */
  static together(reports: readonly RelayReport[]): RelayReport {
    const all = new RelayReport();
    for (const { results, seconds } of reports) {
      all.results.push(...results);
      all.seconds += seconds;
    }
    return all;
  }

  add(result: FileResult): void {
    this.results.push(result);
    this.seconds = (performance.now() - this.began) / 1000;
  }

  share(): CollectionShare {
    const { files, eligible, eligibleRelayed, relayedShare } = this.figures();
    return { collection: this.collection, files, eligible, eligibleRelayed, relayedShare };
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
    const eligible = results.filter(({ exempt }) => exempt === undefined);
    const notRelayed = eligible.filter(({ fate }) => fate.kind !== 'relayed');
    const eligibleRelayed = eligible.length - notRelayed.length;
    const changed: Record<string, number> = {};
    for (const [kind, count] of results.flatMap((result) => Object.entries(result.changed))) {
      changed[kind] = (changed[kind] ?? 0) + count;
    }
    const differing = results.filter(({ isWellFormed }) => isWellFormed).flatMap((result) => result.differing);
    const illFormed = results.filter(({ isWellFormed }) => !isWellFormed);
    return {
      files: results.length,
      authorPlanted: results.filter(({ isAuthorPlanted }) => isAuthorPlanted).length,
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
      illFormedDiffering: illFormed.flatMap((result) => result.differing),
      eligible: eligible.length,
      eligibleRelayed,
      exempt: counted(results.flatMap(({ exempt }) => exempt ?? [])),
      exemptRelayed: of('relayed') - eligibleRelayed,
      relayedShare: eligible.length === 0 ? 1 : eligibleRelayed / eligible.length,
      changed,
      notRelayed: notRelayed.map(
        ({ file, fate }) => `${file}: ${'reason' in fate ? `${fate.kind}, ${fate.reason}` : fate.kind}`,
      ),
      seconds: Math.round(this.seconds * 1000) / 1000,
    };
  }
}

function counted(reasons: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
