import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Counts how often a message came through this installation, since the header allow-list (MAIL-RULES R30) removes the
 * Received fields by which servers notice a loop (RFC 5321 §6.3).
 */
export const hopHeaderName = 'X-Conversation-Tracker-Hops';

/**
 * From this count on a message goes in a circle. An answer written by hand does not carry the field on; a person's forwarding
 * does, once or twice.
 */
export const mostHops = 3;

/** Nobody's count, so that a forged one cannot be made long. */
const VALUE = /^\s*(\d{1,3}) ([0-9a-f]{32})\s*$/;

/**
 * The field's value for a copy that goes out as the `count`-th of its chain: 1 where the message came without the field.
 * Signed, so that nobody resets a count or stops somebody's mail by planting a high one (R22).
 *
 * @param key the HMAC key of the installation
 * @param domain the tracker domain: two installations that share a key do not share their counts
 * @throws RangeError where the count is no whole number from 1 to 999
 */
export function writeHops(count: number, key: Uint8Array, domain: string): string {
  if (!Number.isInteger(count) || count < 1 || count > 999) throw new RangeError('a hop count is from 1 to 999');
  return `${count} ${mac(count, key, domain)}`;
}

/**
 * How often a message came through this installation already: the highest of its values that {@link writeHops} made, 0 where
 * there is none. Whatever else stands there, another installation's included, does not count.
 *
 * @param values of every {@link hopHeaderName} field of the message
 * @param keys all that sign or once signed
 */
export function readHops(values: readonly string[], keys: readonly Uint8Array[], domain: string): number {
  const counts = values.map((value) => {
    const [, digits, signature] = VALUE.exec(value) ?? [];
    if (signature === undefined) return 0;
    const count = Number(digits);
    const given = Buffer.from(signature);
    return keys.some((key) => timingSafeEqual(given, Buffer.from(mac(count, key, domain)))) ? count : 0;
  });
  return counts.reduce((highest, count) => Math.max(highest, count), 0);
}

function mac(count: number, key: Uint8Array, domain: string): string {
  return createHmac('sha256', key).update(`hops\0${domain.toLowerCase()}\0${count}`).digest('hex').slice(0, 32);
}
