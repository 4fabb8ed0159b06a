/** A property some levels down in a value of unknown shape; undefined where the way ends early. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

/** The value when it is an array, else none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const lineBreaksAndTabs = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
/** Control characters, and what hides or turns the reading direction; joiners stay, since some scripts need them. */
const misleading = /[\p{Cc}\p{Cs}\u00AD\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu;
const at = '(?:[@\uFF20\uFE6B]|%40|&#0*64;?|&#x0*40;?|&commat;?)';
const word = String.raw`[^\s<>"(),;:]`;
/** Something, an `@` and something with a dot and a letter after it: `pkg@1.2.3` and `64GB @ USB` are no addresses. */
const address = new RegExp(
  String.raw`(?:"[^"]*"|${word}+)${at}${word}*[.\u3002\uFF0E\uFF61]${word}*\p{L}${word}*`,
  'giu',
);

/**
 * A string or number of the order as one line for a person to read: no control characters, no e-mail address (MAIL-RULES
 * R40), at most `limit` characters. Empty for anything else.
 */
export function textOf(value: unknown, limit = 200): string {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return '';
  const line = value
    .slice(0, 4 * limit)
    .replace(lineBreaksAndTabs, ' ')
    .replace(misleading, '')
    .replace(address, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const characters = Array.from(line);
  return characters.length <= limit
    ? line
    : `${characters
        .slice(0, limit - 1)
        .join('')
        .trimEnd()}…`;
}

/** The first of several values that has a text. */
export function firstText(...values: readonly unknown[]): string {
  return values.map((value) => textOf(value)).find((text) => text !== '') ?? '';
}

const longestUrl = 2000;

/** An absolute http or https URL, as {@link URL} writes it. Empty for any other scheme, for credentials or an address in it. */
export function webUrlOf(value: unknown): string {
  if (typeof value !== 'string' || value.length > longestUrl || !URL.canParse(value)) return '';
  const url = new URL(value);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return '';
  return url.href.search(address) < 0 && decoded(decoded(url.href)).search(address) < 0 ? url.href : '';
}

function decoded(text: string): string {
  return text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** An amount in the currency's minor unit (cents), rounded; null for anything but a finite number. */
export function minorUnitsOf(value: unknown): number | null {
  // Plus zero: else an amount of minus zero would be written with its sign.
  return typeof value === 'number' && Number.isFinite(value) ? Math.round(value) + 0 : null;
}

const dayAlone = /^\d{4}-\d\d-\d\d$/;

/** Epoch milliseconds of a Date, an ISO 8601 text or epoch milliseconds; null for anything else. */
export function instantOf(value: unknown): number | null {
  // Midnight in Greenwich is the day before in America. At this hour it is that day from Hawaii to New Zealand.
  const text = typeof value === 'string' && dayAlone.test(value) ? `${value}T10:30Z` : value;
  const instant = text instanceof Date ? text.getTime() : typeof text === 'string' ? Date.parse(text) : text;
  return typeof instant === 'number' && Math.abs(instant) <= 8.64e15 ? instant : null;
}
