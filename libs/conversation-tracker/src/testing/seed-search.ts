import { joinPath } from '../message/order-text/json-walk.js';

/** Where a seed came out. */
export interface SeedPlace {
  /** A JSON path, `header <name>`, or `text` for a body that is no JSON. */
  place: string;
  /** Which of the seeds, the first being 0: a message that shows the address would be a leak of its own. */
  seed: number;
}

/** Percent signs in JSON in base64 in a URL: who nests deeper hides on purpose. */
const MOST_LAYERS = 4;
const MOST_TEXTS = 200;
/** `a@b.cd` in base64 has eight characters. */
const BASE64 = /[\w+/-]{8,}={0,2}/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', commat: '@', period: '.', lt: '<', gt: '>', quot: '"' };

/** Looks for addresses in what an app answers, whatever they are wrapped in. */
export class SeedSearch {
  private readonly seeds: readonly RegExp[];

  /** @param trackerDomains below which an address that contains a seed is a Simple alias, and meant to. */
  constructor(seeds: readonly string[], trackerDomains: readonly string[]) {
    const alias = trackerDomains.length > 0 ? `(?!-\\d+[a-z]?\\.(?:${trackerDomains.map(escape).join('|')}))` : '';
    this.seeds = seeds.map((seed) => new RegExp(escape(plain(seed)) + alias, 'u'));
  }

  inBody(text: string): SeedPlace[] {
    const json = parsed(text);
    return json === undefined ? this.inText(text, 'text') : this.inJson(json.value, '');
  }

  inText(text: string, place: string): SeedPlace[] {
    const found = new Set<number>();
    for (const shown of layersOf(text)) {
      for (const [seed, expression] of this.seeds.entries()) if (expression.test(shown)) found.add(seed);
    }
    return [...found].map((seed) => ({ place, seed }));
  }

  private inJson(value: unknown, path: string): SeedPlace[] {
    if (typeof value === 'string') return this.inText(value, path === '' ? '$' : path);
    if (Array.isArray(value)) return value.flatMap((element, index) => this.inJson(element, joinPath(path, index)));
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, member]) => {
      const named = this.inText(key, '').map(({ seed }) => seed);
      // A key that shows a seed must not show in the path either.
      const at = joinPath(path, named.length > 0 ? '@' : key);
      return [...named.map((seed) => ({ place: at, seed })), ...this.inJson(member, at)];
    });
  }
}

/** The text, and what is left of it each time that one more layer of encoding is taken off. */
function layersOf(text: string): Set<string> {
  const seen = new Set<string>();
  let layer = [text];
  for (let depth = 0; depth <= MOST_LAYERS && layer.length > 0; depth++) {
    const shown = layer.map(plain).filter((part) => !seen.has(part));
    for (const part of shown) seen.add(part);
    // What base64 holds is told by its case, so it is taken from the text as it was.
    layer = [...new Set(layer.flatMap((part) => [decoded(part), ...fromBase64(part)]))].filter(
      (part) => !seen.has(plain(part)),
    );
    if (seen.size > MOST_TEXTS) break;
  }
  return seen;
}

/** Width, case and what nobody sees, a place where a line may break among it, are the same address still. */
function plain(text: string): string {
  return text
    .replaceAll(/<wbr ?\/?>/gi, '')
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase();
}

function decoded(text: string): string {
  return text
    .replaceAll(/(?:%[\da-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString())
    .replaceAll(/\\+u([\da-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/\\+([bfnrt"/])/g, (_, escaped: string) => (/["/]/.test(escaped) ? escaped : ' '))
    .replaceAll(/&#(\d{1,6});?/g, (_, code: string) => character(Number(code)))
    .replaceAll(/&#x([\da-f]{1,6});?/gi, (_, hex: string) => character(Number.parseInt(hex, 16)))
    .replaceAll(/&(amp|commat|period|lt|gt|quot);?/g, (_, name: string) => ENTITIES[name]);
}

function fromBase64(text: string): string[] {
  // In a URL a token may follow a slash, which is of the alphabet too.
  const tokens = [...text.matchAll(BASE64)].flatMap(([token]) => [token, ...token.split('/')]);
  const texts = [...new Set(tokens)].map((token) => Buffer.from(token, 'base64').toString());
  // What was no base64, or of no text, has bytes that are no UTF-8 or control characters.
  return texts.filter((decoded) => !/[\ufffd\p{Cc}]/u.test(decoded.replaceAll(/\s/g, ' ')));
}

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
