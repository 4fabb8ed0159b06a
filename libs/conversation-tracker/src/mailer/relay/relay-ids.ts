import { createHash } from 'node:crypto';
import { foldAddress } from '../../kernel/email-address.js';
import { type KeyRing } from '../../persistence/key-ring.js';
import { type OrderRef } from '../../ports/order-source.js';
import { idBehind } from '../status-mail-ids.js';

/** Half of an id: its milliseconds and counter, by which ids sort. */
const TIME_DIGITS = 16;

/**
 * The row of a spooled message in its nth order: who takes it from the spool again, after a crash, makes the same rows.
 * @param spoolId 32 hex digits.
 */
export function messageRowId(spoolId: string, nth: number): string {
  return idBehind(spoolId, BigInt(nth + 1));
}

/** An id that belongs to a message and sorts with it: of its delivery to somebody, of its raw form. */
export function partId(rowId: string, part: string): string {
  const digest = createHash('sha256').update(`${rowId}\0${part}`).digest('hex');
  return rowId.slice(0, TIME_DIGITS) + digest.slice(0, 32 - TIME_DIGITS);
}

/** The same message twice, by a server that tried again or one that sends for each recipient apart, is one entry (R11). */
export function incomingDedupeKey(
  { storeId, orderId }: OrderRef,
  messageId: string | undefined,
  fingerprint: string,
): string {
  const fact = JSON.stringify(['incoming', storeId, orderId, messageId ?? '', fingerprint]);
  return createHash('sha256').update(fact).digest('hex');
}

/** By which the mail of one sender is counted, in all stores, without the address. */
export function senderIndexOf(keys: KeyRing, address: string, keyId?: string): string {
  return keys.index.hmac(JSON.stringify(['sender', foldAddress(address)]), keyId);
}

/** Under every key that the installation had. */
export function senderIndexesOf(keys: KeyRing, address: string): string[] {
  return keys.index.ids.map((keyId) => senderIndexOf(keys, address, keyId));
}
