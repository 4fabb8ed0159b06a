import { parseEmailAddress } from '../kernel/email-address.js';
import { TrackerError } from '../kernel/errors.js';
import { isOwnAddress } from '../message/alias-grammar.js';

/** What is to be forgotten. */
export type ErasureTarget =
  { kind: 'person'; address: string } | { kind: 'order'; orderId: string } | { kind: 'store' };

const MAX_ORDER_ID = 128;
const HOW = 'send { "address": "…" }, { "orderId": "…" } or { "store": "<the id of the store>" }';

/**
 * Reads the body of a request.
 * @param storeId that the caller acts for: a store is named once more, so that none is erased by mistake.
 * @throws TrackerError `invalid-input`; an address is never repeated.
 */
export function parseErasureTarget(body: unknown, storeId: string, trackerDomains: readonly string[]): ErasureTarget {
  const fields = typeof body === 'object' && body !== null && !Array.isArray(body) ? Object.entries(body) : [];
  if (fields.length !== 1) throw new TrackerError('invalid-input', HOW);
  const [[field, value]] = fields as [string, unknown][];
  if (field === 'address') {
    const parsed = typeof value === 'string' ? parseEmailAddress(value.trim()) : undefined;
    if (!parsed) throw wrong(field, 'must be an e-mail address, such as someone@example.com');
    if (isOwnAddress(parsed.address, trackerDomains)) throw wrong(field, 'must be the real address, not an alias');
    return { kind: 'person', address: parsed.address };
  }
  if (field === 'orderId') {
    const isId = typeof value === 'string' && value !== '' && value.length <= MAX_ORDER_ID;
    if (!isId) throw wrong(field, `must be a text of 1 to ${MAX_ORDER_ID} characters`);
    return { kind: 'order', orderId: value };
  }
  if (field === 'store') {
    if (value !== storeId) throw wrong(field, 'must be the id of the store that you act for');
    return { kind: 'store' };
  }
  throw new TrackerError('invalid-input', HOW);
}

const wrong = (field: string, message: string) =>
  new TrackerError('invalid-input', `correct ${field}`, [{ field, message }]);
