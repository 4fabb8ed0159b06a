import { type FindOperator, LessThan, MoreThan } from 'typeorm';
import { type FieldError, TrackerError } from '../kernel/errors.js';
import { timelineKinds, type TimelineKind } from './timeline-entry.entity.js';

/** Which part of a list is asked for. */
export interface PageQuery {
  /** The `nextCursor` of the page before. Default: the beginning. */
  cursor?: string;
  /** 1 to 200. Default 50. */
  limit?: number;
  /** `asc`: the oldest first; `desc`: the newest first. Default: what the list says of itself. */
  order?: string;
}

export interface TimelineQuery extends PageQuery {
  /** Only entries of these kinds. Default: all. */
  kind?: readonly string[];
}

export interface PageRange {
  /** The id of the last one seen; empty at the beginning. */
  after: string;
  limit: number;
  newestFirst: boolean;
}

export interface TimelinePageRange extends PageRange {
  kinds: readonly TimelineKind[];
}

/** A query parameter as Express and Fastify parse it: given twice it is a list, and an attacker's may be an object. */
export type QueryParameter = string | string[] | object | undefined;

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const ROW_ID = /^[0-9a-f]{32}$/;

export type GivenQuery = Record<'cursor' | 'limit' | 'order', QueryParameter>;

/** What the request says, in the types of a {@link PageQuery}. What cannot be read becomes a value that is refused. */
export function parsePageQuery({ cursor, limit, order }: GivenQuery): PageQuery {
  return {
    cursor: cursor === undefined || typeof cursor === 'string' ? cursor : '',
    limit: limit === undefined ? undefined : typeof limit === 'string' && /^\d+$/.test(limit) ? Number(limit) : NaN,
    order: order === undefined || typeof order === 'string' ? order : '',
  };
}

/** What the request says, in the types of a {@link TimelineQuery}. What cannot be read becomes a value that is refused. */
export function parseTimelineQuery(given: GivenQuery & { kind: QueryParameter }): TimelineQuery {
  const { kind } = given;
  const kinds = Array.isArray(kind) ? kind : [kind];
  return {
    ...parsePageQuery(given),
    kind: kind === undefined ? undefined : kinds.flatMap((one) => (typeof one === 'string' ? one.split(',') : [''])),
  };
}

/** @throws TrackerError `invalid-input` naming the parameters that are wrong. */
export function readTimelineQuery({ kind = timelineKinds, ...page }: TimelineQuery): TimelinePageRange {
  const errors: FieldError[] = [];
  const range = readRange(page, 'asc', errors);
  const kinds = timelineKinds.filter((known) => kind.includes(known));
  if (kinds.length === 0 || kinds.length !== new Set(kind).size) {
    errors.push({ field: 'kind', message: `must be one or more of ${timelineKinds.join(', ')}` });
  }
  refuse(errors);
  return { ...range, kinds };
}

/**
 * @param usual the order of a list that is not asked for another.
 * @throws TrackerError `invalid-input` naming the parameters that are wrong.
 */
export function readPageQuery(query: PageQuery, usual: 'asc' | 'desc' = 'asc'): PageRange {
  const errors: FieldError[] = [];
  const range = readRange(query, usual, errors);
  refuse(errors);
  return range;
}

function readRange(
  { cursor, limit = DEFAULT_LIMIT, order }: PageQuery,
  usual: string,
  errors: FieldError[],
): PageRange {
  const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString('hex');
  if (cursor !== undefined && (!ROW_ID.test(after) || cursorAfter(after) !== cursor)) {
    errors.push({ field: 'cursor', message: 'must be the nextCursor of an earlier page' });
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    errors.push({ field: 'limit', message: `must be a whole number from 1 to ${MAX_LIMIT}` });
  }
  if (order !== undefined && order !== 'asc' && order !== 'desc') {
    errors.push({ field: 'order', message: 'must be asc, the oldest first, or desc, the newest first' });
  }
  return { after, limit, newestFirst: (order ?? usual) === 'desc' };
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  throw new TrackerError('invalid-input', `correct ${errors.map(({ field }) => field).join(', ')}`, errors);
}

/** Which rows a page holds, as conditions of a query: ids sort by time. One row more than the page is read. */
export function rowsOf({ after, limit, newestFirst }: PageRange): {
  id: FindOperator<string>;
  order: { id: 'ASC' | 'DESC' };
  take: number;
} {
  // No id begins with a letter behind f.
  const id = newestFirst ? LessThan(after || 'g') : MoreThan(after);
  return { id, order: { id: newestFirst ? 'DESC' : 'ASC' }, take: limit + 1 };
}

/** A cursor that goes on after the row. */
export function cursorAfter(id: string): string {
  return Buffer.from(id, 'hex').toString('base64url');
}

/** The rows of a page, of which one more than `limit` was read, and where the next one begins. */
export function cutPage<T>(rows: readonly T[], limit: number, idOf: (row: T) => string) {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { page, nextCursor: last !== undefined && rows.length > limit ? cursorAfter(idOf(last)) : undefined };
}
