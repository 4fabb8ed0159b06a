import { type FieldError, TrackerError } from '../kernel/errors.js';
import { timelineKinds, type TimelineKind } from './timeline-entry.entity.js';

/** Which part of a list is asked for. */
export interface PageQuery {
  /** The `nextCursor` of the page before. Default: the beginning. */
  cursor?: string;
  /** 1 to 200. Default 50. */
  limit?: number;
}

export interface TimelineQuery extends PageQuery {
  /** Only entries of these kinds. Default: all. */
  kind?: readonly string[];
}

export interface PageRange {
  /** The id of the last one seen; empty at the beginning. */
  after: string;
  limit: number;
}

export interface TimelinePageRange extends PageRange {
  kinds: readonly TimelineKind[];
}

/** A query parameter as Express and Fastify parse it: given twice it is a list, and an attacker's may be an object. */
export type QueryParameter = string | string[] | object | undefined;

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const ROW_ID = /^[0-9a-f]{32}$/;

/** What the request says, in the types of a {@link TimelineQuery}. What cannot be read becomes a value that is refused. */
export function parseTimelineQuery(given: Record<'cursor' | 'limit' | 'kind', QueryParameter>): TimelineQuery {
  const { cursor, limit, kind } = given;
  const kinds = Array.isArray(kind) ? kind : [kind];
  return {
    cursor: cursor === undefined || typeof cursor === 'string' ? cursor : '',
    limit: limit === undefined ? undefined : typeof limit === 'string' && /^\d+$/.test(limit) ? Number(limit) : NaN,
    kind: kind === undefined ? undefined : kinds.flatMap((one) => (typeof one === 'string' ? one.split(',') : [''])),
  };
}

/** @throws TrackerError `invalid-input` naming the parameters that are wrong. */
export function readTimelineQuery(query: TimelineQuery): TimelinePageRange {
  const { cursor, limit = DEFAULT_LIMIT, kind = timelineKinds } = query;
  const errors: FieldError[] = [];
  const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString('hex');
  if (cursor !== undefined && (!ROW_ID.test(after) || cursorAfter(after) !== cursor)) {
    errors.push({ field: 'cursor', message: 'must be the nextCursor of an earlier page' });
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    errors.push({ field: 'limit', message: `must be a whole number from 1 to ${MAX_LIMIT}` });
  }
  const kinds = timelineKinds.filter((known) => kind.includes(known));
  if (kinds.length === 0 || kinds.length !== new Set(kind).size) {
    errors.push({ field: 'kind', message: `must be one or more of ${timelineKinds.join(', ')}` });
  }
  if (errors.length === 0) return { after, limit, kinds };
  throw new TrackerError('invalid-input', `correct ${errors.map(({ field }) => field).join(', ')}`, errors);
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
