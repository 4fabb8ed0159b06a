import { type FieldError, TrackerError } from '../../kernel/errors.js';

/** What a request asks of the audit; anything may stand in it. */
export interface AuditQuery {
  cursor?: unknown;
  limit?: unknown;
  action?: unknown;
  actor?: unknown;
  orderId?: unknown;
}

/** Which part of the audit is asked for. */
export interface AuditRange {
  /** Entries before this one, as their sequence counts. */
  before: number;
  limit: number;
  /** Only those that have these values. */
  filter: { action?: string; actor?: string; orderId?: string };
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const MAX_SEQUENCE = 2 ** 31 - 1;
/** As wide as the columns. */
const widths = { action: 64, actor: 255, orderId: 128 } as const;

/** @throws TrackerError `invalid-input` naming the parameters that are wrong. */
export function readAuditQuery({ cursor, limit, ...filters }: AuditQuery): AuditRange {
  const errors: FieldError[] = [];
  const before = cursor === undefined ? MAX_SEQUENCE : wholeNumber(cursor, MAX_SEQUENCE);
  if (before === undefined) errors.push({ field: 'cursor', message: 'must be the nextCursor of an earlier page' });
  const size = limit === undefined ? DEFAULT_LIMIT : wholeNumber(limit, MAX_LIMIT);
  if (size === undefined) errors.push({ field: 'limit', message: `must be a whole number from 1 to ${MAX_LIMIT}` });
  const filter: AuditRange['filter'] = {};
  for (const [field, width] of Object.entries(widths) as [keyof typeof widths, number][]) {
    const value = filters[field];
    if (value === undefined) continue;
    if (typeof value === 'string' && value.length > 0 && value.length <= width && !value.includes('\0')) {
      filter[field] = value;
    } else errors.push({ field, message: `must be given once, with 1 to ${width} characters` });
  }
  if (errors.length === 0) return { before: before!, limit: size!, filter };
  throw new TrackerError('invalid-input', `correct ${errors.map(({ field }) => field).join(', ')}`, errors);
}

function wholeNumber(value: unknown, max: number): number | undefined {
  if (typeof value !== 'string' || !/^\d{1,10}$/.test(value)) return undefined;
  const number = Number(value);
  return number >= 1 && number <= max ? number : undefined;
}
