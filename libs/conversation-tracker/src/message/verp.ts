import { createHmac, timingSafeEqual } from 'node:crypto';
import { decodeBase32, encodeBase32 } from './verp-base32.js';

const prefix = 'b+';
const deliveryIdBytes = 16;
const expiryBytes = 4;
/**
 * 120 bits, where MAIL-RULES R25 asks for 80: with the id and the expiry that is 35 bytes, exactly 56 characters of
 * base32, so no bit of the address is without meaning, and with the prefix 58 of the 64 octets of a local part.
 */
const macBytes = 15;

export interface VerpDelivery {
  /** 32 lower-case hex digits. */
  readonly deliveryId: string;
  /** Epoch milliseconds; kept in whole seconds, rounded up. */
  readonly expiresAt: number;
}

/**
 * The envelope sender of one delivery, to which its bounces come back (MAIL-RULES R25): signed, expiring and the same
 * when a server folds its case.
 *
 * @param domain the VERP domain, which has its own MX and SPF, such as `bounce.ct.example.com`
 * @throws RangeError where the id is not 32 hex digits or the expiry lies outside 1970 to 2106
 */
export function buildVerp(delivery: VerpDelivery, key: Uint8Array, domain: string): string {
  if (!/^[0-9a-f]{32}$/.test(delivery.deliveryId)) throw new RangeError('a delivery id is 32 lower-case hex digits');
  const seconds = Math.ceil(delivery.expiresAt / 1000);
  if (!(seconds >= 0 && seconds <= 0xffff_ffff))
    throw new RangeError('expiresAt must be epoch milliseconds before 2106');
  const payload = Buffer.alloc(deliveryIdBytes + expiryBytes);
  payload.write(delivery.deliveryId, 'hex');
  payload.writeUInt32BE(seconds, deliveryIdBytes);
  const host = domain.toLowerCase();
  return `${prefix}${encodeBase32(Buffer.concat([payload, mac(payload, key, host)]))}@${host}`;
}

/**
 * The delivery that a VERP address belongs to; undefined for anything that {@link buildVerp} did not make with this
 * key and domain, and from the moment of its expiry on.
 *
 * @param now epoch milliseconds
 */
export function parseVerp(
  address: string,
  key: Uint8Array,
  domain: string,
  now: number,
): { readonly deliveryId: string } | undefined {
  const host = domain.toLowerCase();
  // ASCII alone: toLowerCase() would take the Kelvin sign for a k.
  if (!/^[!-~]{1,320}$/.test(address)) return undefined;
  const folded = address.toLowerCase();
  if (!folded.startsWith(prefix) || !folded.endsWith(`@${host}`)) return undefined;
  const bytes = decodeBase32(folded.slice(prefix.length, -host.length - 1));
  if (bytes?.length !== deliveryIdBytes + expiryBytes + macBytes) return undefined;
  const payload = bytes.subarray(0, deliveryIdBytes + expiryBytes);
  if (!timingSafeEqual(bytes.subarray(payload.length), mac(payload, key, host))) return undefined;
  if (now >= payload.readUInt32BE(deliveryIdBytes) * 1000) return undefined;
  return { deliveryId: payload.toString('hex', 0, deliveryIdBytes) };
}

function mac(payload: Uint8Array, key: Uint8Array, host: string): Buffer {
  return createHmac('sha256', key).update(`verp\0${host}\0`).update(payload).digest().subarray(0, macBytes);
}
