import { type ReplacementReport } from '../../message/order-text/describe-replacements.js';

/** A host has fewer routes that show orders; a predicate that names made-up ones fills no memory. */
const MAX_ROUTES = 1_000;
/** An order has some dozens; objects whose keys are data would have no end. */
const MAX_PATHS = 300;
const ALL_OTHER_PATHS = '(other paths)';

/** How often addresses stood at a path, list indices left out: `list[].clientProfileData.email`. */
export interface PathCount {
  path: string;
  count: number;
}

/** What masking would have done to the responses of one route. */
export interface RouteCounts {
  /** Method and route path, such as `GET /orders/:id`, or `push` for what goes through OrderMaskingService. */
  route: string;
  /** How many bodies were looked into. */
  responses: number;
  /** How many were not: no text, compressed by the handler, above 256 KiB, or too many at one moment. */
  unread: number;
  /** Values that name a participant and would become its alias. */
  roleValues: (PathCount & { role: string })[];
  /** Addresses everywhere else (free text, keys, JSON in a string): a participant's alias, or the placeholder. */
  freeText: PathCount[];
  /** Values that to a plain, independent look would still show an address after masking. Look at these first. */
  left: PathCount[];
}

interface Counts {
  storeId: string;
  route: string;
  responses: number;
  unread: number;
  roleValues: Map<string, PathCount & { role: string }>;
  freeText: Map<string, PathCount>;
  left: Map<string, PathCount>;
}

/** Counts by store, route and path, in memory bounded. It holds no address. */
export class MaskingCounts {
  private readonly routes = new Map<string, Counts>();

  /** @param reports of one response, which may hold several texts. */
  add(storeId: string, route: string, reports: readonly ReplacementReport[]): void {
    const counts = this.of(storeId, route);
    if (!counts) return;
    counts.responses++;
    for (const report of reports) addReport(counts, report);
  }

  addUnread(storeId: string, route: string): void {
    const counts = this.of(storeId, route);
    if (counts) counts.unread++;
  }

  /** The routes of a store, or of all stores, most addresses first. */
  list(storeId?: string): RouteCounts[] {
    return [...this.routes.values()]
      .filter((counts) => storeId === undefined || counts.storeId === storeId)
      .map(({ route, responses, unread, roleValues, freeText, left }) => ({
        route,
        responses,
        unread,
        roleValues: mostFirst(roleValues),
        freeText: mostFirst(freeText),
        left: mostFirst(left),
      }))
      .toSorted((a, b) => addressesOf(b) - addressesOf(a));
  }

  private of(storeId: string, route: string): Counts | undefined {
    const key = `${storeId}\0${route}`;
    const known = this.routes.get(key);
    if (known || this.routes.size >= MAX_ROUTES) return known;
    const counts = {
      storeId,
      route,
      responses: 0,
      unread: 0,
      roleValues: new Map(),
      freeText: new Map(),
      left: new Map(),
    };
    this.routes.set(key, counts);
    return counts;
  }
}

/** How many addresses masking would have replaced. */
export function addressesOf({ roleValues, freeText }: RouteCounts): number {
  return [...roleValues, ...freeText].reduce((sum, { count }) => sum + count, 0);
}

function addReport(counts: Counts, report: ReplacementReport): void {
  for (const { path, role } of report.roleValues) {
    const at = withoutIndices(path);
    count(counts.roleValues, `${role} ${at}`, { path: at, role }, { path: ALL_OTHER_PATHS, role: 'participant' });
  }
  for (const { path, count: addresses } of report.freeText) {
    const at = withoutIndices(path);
    count(counts.freeText, at, { path: at }, { path: ALL_OTHER_PATHS }, addresses);
  }
  for (const { path } of report.left) {
    const at = withoutIndices(path);
    count(counts.left, at, { path: at }, { path: ALL_OTHER_PATHS });
  }
}

function count<T extends PathCount>(
  counts: Map<string, T>,
  key: string,
  entry: Omit<T, 'count'>,
  other: Omit<T, 'count'>,
  addresses = 1,
): void {
  const isFull = !counts.has(key) && counts.size >= MAX_PATHS;
  const at = isFull ? ALL_OTHER_PATHS : key;
  const known = counts.get(at) ?? ({ ...(isFull ? other : entry), count: 0 } as T);
  known.count += addresses;
  counts.set(at, known);
}

function mostFirst<T extends PathCount>(counts: ReadonlyMap<string, T>): T[] {
  return [...counts.values()].map((entry) => ({ ...entry })).toSorted((a, b) => b.count - a.count);
}

function withoutIndices(path: string): string {
  return path.replaceAll(/\[\d+\]/g, '[]');
}
