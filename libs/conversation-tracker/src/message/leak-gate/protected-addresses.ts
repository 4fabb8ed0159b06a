import { domainToUnicode } from 'node:url';
import { foldAddress, isAscii, parseEmailAddress } from '../../kernel/email-address.js';
import { isOwnAddress } from '../alias-grammar.js';

/** How an address stands in a text: whole, as in a VERP or BATV local part (`ana=shop.example`), or as in SRS, turned round. */
export type AddressForm = 'whole' | 'verp' | 'srs';

export interface FoundProtected {
  readonly start: number;
  readonly end: number;
  /** Folded. */
  readonly address: string;
  readonly form: AddressForm;
}

/** Finds the addresses that nobody may see, and no other. */
export interface ProtectedAddresses {
  readonly addresses: readonly string[];
  /** In decoded text, in order, apart from each other. */
  find(text: string): readonly FoundProtected[];
  /** True where {@link find} would find one. */
  isIn(text: string): boolean;
}

/** Addresses that stay though they may look like a protected one. */
export interface ShownAddresses {
  /** What the store itself publishes (MAIL-RULES R34). */
  readonly publicAddresses: readonly string[];
  /** Lower-case. All at or below them is ours; a Simple alias contains the address that it stands for. */
  readonly trackerDomains: readonly string[];
}

/**
 * Letters that make another address of an ASCII one, as against those of scripts that put no blank between words. An
 * address with other letters in it may be preceded by any.
 */
const LATIN = String.raw`\p{Script=Latin}\p{N}`;
const ANY = String.raw`\p{L}\p{N}`;
const TOP_LABELS = 'com|net|org|edu|gov|mil|info|biz|name|coop|arpa';

/**
 * What stands before an address that is no longer one (`joao.ana@…` is somebody else); a tag before it (`x+ana@…`), a line
 * break as JSON and iCalendar escape it, and any other sign may as well be punctuation.
 */
const before = (letters: string): string => String.raw`(?:(?<![${letters}])(?<![${letters}][._-])|(?<=\\[nrtNRT]))`;

/**
 * A domain that goes on: `….com.br`, `…-2.example.com`. Any other word behind a full stop begins a sentence without a
 * blank (`….example.Thanks`, `….com.So`), and its capital says so.
 */
const GOES_ON = ['a-z', 'A-Z'].map((range) => {
  const labels = range === 'a-z' ? TOP_LABELS : TOP_LABELS.toUpperCase();
  return new RegExp(String.raw`(?:[.-][${range}0-9-]{1,63}){0,6}\.(?:[${range}]{2}|${labels})(?![${LATIN}])`, 'uy');
});

const TAG = String.raw`(?:\+[^\s@=<>"'&;,]{0,64})?`;

/**
 * @param protect real addresses; text without an at sign is none, it would be found in a customer's name. A tagged form
 * (`ana+news@…`) of one is that person as well.
 */
export function protectedAddresses(protect: Iterable<string>, shown: ShownAddresses): ProtectedAddresses {
  const published = new Set(shown.publicAddresses.map(foldAddress));
  const addresses = [...new Set([...protect].filter((address) => address.includes('@')).map(foldAddress))].filter(
    (address) => !published.has(address) && !isOwnAddress(address, shown.trackerDomains),
  );
  // Most texts hold no address, and to make these takes longer than to see that.
  let expressions: Expressions | undefined;
  const find = (text: string): FoundProtected[] => {
    // One of them stands in each form of an address.
    if (!text.includes('@') && !text.includes('=')) return [];
    expressions ??= expressionsOf(addresses, shown);
    const { patterns, publishedOnes, ownDomains } = expressions;
    const lowerCase = text.toLowerCase();
    const possible = patterns.filter(({ domains }) => domains.some((domain) => lowerCase.includes(domain)));
    if (possible.length === 0) return [];
    const rest = publishedOnes ? text.replace(publishedOnes, (address) => ' '.repeat(address.length)) : text;
    const found = possible.flatMap((pattern) => [...matches(rest, pattern)]);
    // A Simple alias contains the address that it stands for, and goes on.
    return apart(found.filter(({ end }) => !goesOnAsOurs(text, end, ownDomains)));
  };
  return { addresses, find, isIn: (text) => find(text).length > 0 };
}

interface Expressions {
  patterns: readonly Pattern[];
  publishedOnes: RegExp | undefined;
  ownDomains: readonly RegExp[];
}

function expressionsOf(addresses: readonly string[], shown: ShownAddresses): Expressions {
  return {
    patterns: addresses.map(patternOf),
    publishedOnes: publishedExpression(shown.publicAddresses),
    ownDomains: shown.trackerDomains.map(ownDomainExpression),
  };
}

interface Pattern {
  address: string;
  domains: readonly string[];
  expression: RegExp;
}

function patternOf(address: string): Pattern {
  const sign = address.lastIndexOf('@');
  const localPart = address.slice(0, sign);
  const domains = spellings(address.slice(sign + 1), parseEmailAddress(address)?.domain);
  const local = `(?:${spellings(localPart).flatMap(quotedToo).map(escaped).join('|')})`;
  const domain = `(?:${domains.map(escaped).join('|')})`;
  const letters = isAscii(address) ? LATIN : ANY;
  return {
    address,
    domains,
    expression: new RegExp(
      `${before(letters)}(?:${local}${TAG}(?:(?<sign>@)|=)${domain}(?![${letters}])|(?<srs>${domain}=${local}(?=@)))`,
      'giu',
    ),
  };
}

function* matches(text: string, { address, expression }: Pattern): Generator<FoundProtected> {
  for (const { 0: found, index, groups } of text.matchAll(expression)) {
    const form = groups?.srs !== undefined ? 'srs' : groups?.sign === undefined ? 'verp' : 'whole';
    const end = index + found.length;
    if (form === 'srs' || !domainGoesOn(text, end)) yield { start: index, end, address, form };
  }
}

/** More than a domain may be long, with what may break it in between. */
const LONGEST_DOMAIN = 1000;
/**
 * In undecoded text a domain may go on behind a soft line break (RFC 2045 §6.7) or a fold (RFC 5545 §3.1), in HTML behind what
 * only says how it looks or where a line may end.
 */
const WITHIN_DOMAIN =
  /=\r?\n|\r?\n[ \t]|<\/?(?:wbr|a|b|i|u|em|strong|span|font)\b[^<>]{0,200}>|&(?:shy|zwn?j|ZeroWidthSpace|NoBreak);|[\u00ad\u200b-\u200d\u2060\ufeff]/gi;

function goesOnAsOurs(text: string, end: number, ownDomains: readonly RegExp[]): boolean {
  const rest = text.slice(end, end + LONGEST_DOMAIN).replace(WITHIN_DOMAIN, '');
  return ownDomains.some((expression) => matchesAt(expression, rest, 0));
}

function domainGoesOn(text: string, end: number): boolean {
  return GOES_ON.some((expression) => matchesAt(expression, text, end));
}

function matchesAt(sticky: RegExp, text: string, at: number): boolean {
  sticky.lastIndex = at;
  return sticky.test(text);
}

function spellings(text: string, ascii?: string): string[] {
  const written = [text, ...(ascii === undefined ? [] : [ascii, domainToUnicode(ascii)])].map((one) =>
    one.toLowerCase(),
  );
  return [...new Set(written.flatMap((one) => (isAscii(one) ? [one] : [one.normalize('NFC'), one.normalize('NFD')])))];
}

/** RFC 5321 §4.1.2: quotes that are not needed make no other address. */
function quotedToo(localPart: string): string[] {
  return localPart.startsWith('"') ? [localPart] : [`"${localPart}"`, localPart];
}

const NO_LONGER = String.raw`(?![\p{L}\p{N}-]|\.[\p{L}\p{N}])`;

/** What the store publishes may contain a protected address: `x+ana@…`. */
function publishedExpression(addresses: readonly string[]): RegExp | undefined {
  if (addresses.length === 0) return undefined;
  const any = addresses.flatMap((address) => spellings(foldAddress(address))).map(escaped);
  return new RegExp(String.raw`(?<![\p{L}\p{N}._+-])(?:${any.join('|')})${NO_LONGER}`, 'giu');
}

/** What goes on behind an address in an alias made of it. */
function ownDomainExpression(domain: string): RegExp {
  return new RegExp(
    String.raw`(?:[.-][\p{L}\p{M}\p{N}.-]{0,253})?\.${escaped(domain.toLowerCase())}${NO_LONGER}`,
    'iuy',
  );
}

function apart(found: FoundProtected[]): FoundProtected[] {
  const kept: FoundProtected[] = [];
  for (const next of found.sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (next.start >= (kept.at(-1)?.end ?? 0)) kept.push(next);
  }
  return kept;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
