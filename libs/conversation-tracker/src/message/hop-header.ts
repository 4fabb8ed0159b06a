import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Counts how often a message came through this installation, since the header allow-list (MAIL-RULES R30) removes the
 * Received fields by which servers notice a loop (RFC 5321 §6.3).
 */
export const hopHeaderName = 'X-Conversation-Tracker-Hops';

/** From this count on a message goes in a circle, whichever way it takes. */
export const mostHops = 3;

/** Nobody's count, so that a forged one cannot be made long; then the places, the earliest first. */
const VALUE = /^\s*(\d{1,3}) ([0-9a-f]{32})((?: [0-9a-f]{16}){0,3})\s*$/;

/** What the hop header of a message says. */
export interface Hops {
  /** How often it came through this installation already. */
  readonly count: number;
  /** Where it did, as {@link hopPlace} marks it: the last ones. */
  readonly places: readonly string[];
}

export const noHops: Hops = { count: 0, places: [] };

/**
 * Marks a place that a message goes through, such as an order, without naming it.
 * @param key the HMAC key of the installation
 */
export function hopPlace(place: readonly string[], key: Uint8Array): string {
  return createHmac('sha256', key)
    .update(`hop-place\0${JSON.stringify(place)}`)
    .digest('hex')
    .slice(0, 16);
}

/**
 * Whether a message that comes to a place goes in a circle: it was there before, which is one turn, or came through too often
 * on other ways. An answer that somebody writes has no hop header; what forwards a mail as it came keeps it.
 * @param marks of the place, under each key that signs or once signed
 */
export function isLoop({ count, places }: Hops, marks: readonly string[]): boolean {
  return count >= mostHops || marks.some((mark) => places.includes(mark));
}

/** The hops of a copy that goes on from a place. */
export function nextHops({ count, places }: Hops, mark: string): Hops {
  return { count: count + 1, places: [...places.filter((place) => place !== mark), mark].slice(-mostHops) };
}

/**
 * The field's value. Signed, so that nobody resets a count or stops somebody's mail by planting a high one (R22).
 *
 * @param key the HMAC key of the installation
 * @param domain the tracker domain: two installations that share a key do not share their counts
 * @throws RangeError where the count is no whole number from 1 to 999
 */
export function writeHops(hops: Hops, key: Uint8Array, domain: string): string {
  const { count, places } = hops;
  if (!Number.isInteger(count) || count < 1 || count > 999) throw new RangeError('a hop count is from 1 to 999');
  return [count, mac(hops, key, domain), ...places].join(' ');
}

/**
 * What the values that {@link writeHops} made say of a message: the highest count, and all places. Whatever else stands there,
 * another installation's included, does not count.
 *
 * @param values of every {@link hopHeaderName} field of the message
 * @param keys all that sign or once signed
 */
export function readHops(values: readonly string[], keys: readonly Uint8Array[], domain: string): Hops {
  const read = values.flatMap((value) => {
    const [, digits, signature, marks] = VALUE.exec(value) ?? [];
    if (signature === undefined) return [];
    const hops = { count: Number(digits), places: marks.split(' ').filter(Boolean) };
    const given = Buffer.from(signature);
    return keys.some((key) => timingSafeEqual(given, Buffer.from(mac(hops, key, domain)))) ? [hops] : [];
  });
  return mergeHops(read);
}

/** Of a message that says it several times. */
export function mergeHops(said: readonly Hops[]): Hops {
  return {
    count: Math.max(0, ...said.map(({ count }) => count)),
    places: [...new Set(said.flatMap(({ places }) => places))],
  };
}

function mac({ count, places }: Hops, key: Uint8Array, domain: string): string {
  const said = ['hops', domain.toLowerCase(), String(count), ...places].join('\0');
  return createHmac('sha256', key).update(said).digest('hex').slice(0, 32);
}
