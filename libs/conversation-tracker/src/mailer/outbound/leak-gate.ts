import { domainToUnicode } from 'node:url';
import { foldAddress, parseEmailAddress } from '../../kernel/email-address.js';
import { TrackerError } from '../../kernel/errors.js';
import { isOwnAddress } from '../../message/alias-grammar.js';
import { unfold } from '../../message/order-text/unfold.js';

/** What the gate minds. */
export interface LeakRules {
  /** Real addresses. Text without an at sign is none: it would be found in a customer's name. */
  readonly protect: readonly string[];
  /** Addresses that may be shown though they are protected: what the store itself publishes (MAIL-RULES R34). */
  readonly allowed: readonly string[];
  readonly trackerDomains: readonly string[];
}

/**
 * The last look at a finished message of ours (MAIL-RULES R37): its bytes as they are and decoded (header words, quoted-printable,
 * base64), and of each of these also what a reader's software makes of it (HTML without tags, references, percent-encoding,
 * invisible characters). When in doubt it finds something.
 *
 * @throws TrackerError `address-leak`, which names no address
 */
export function assertNoLeak(raw: Buffer, rules: LeakRules): void {
  const forms = protectedForms(rules);
  if (forms.length === 0) return;
  const harmless = harmlessAddresses(rules);
  for (const view of views(raw)) {
    const text = folded(view);
    if (!text.includes('@')) continue;
    const rest = text.replace(harmless, ' ');
    if (forms.some((form) => form.test(rest))) throw leak();
  }
}

function leak(): TrackerError {
  return new TrackerError(
    'address-leak',
    'The mail was not made: it would show a real address of the order. Look for one in its template, or name it in the ' +
      "store's public addresses if everybody may see it.",
  );
}

function protectedForms({ protect, allowed, trackerDomains }: LeakRules): RegExp[] {
  const shown = new Set(allowed.map(foldAddress));
  const forms = protect
    .filter((address) => address.includes('@') && !isOwnAddress(address, trackerDomains))
    .filter((address) => !shown.has(foldAddress(address)))
    .flatMap(spellings);
  // A letter or digit beside it makes another address of it; any other neighbour may as well be punctuation.
  return [...new Set(forms)].map((form) => new RegExp(`(?<![\\p{L}\\p{N}])${escaped(form)}(?![\\p{L}\\p{N}])`, 'u'));
}

function spellings(address: string): string[] {
  const parsed = parseEmailAddress(address.trim());
  const unicode = parsed ? [`${parsed.localPart}@${domainToUnicode(parsed.domain)}`] : [];
  return [address.trim(), foldAddress(address), ...unicode].map(folded);
}

/** Aliases, a Simple one contains the address that it stands for, and what the store publishes. */
function harmlessAddresses({ allowed, trackerDomains }: LeakRules): RegExp {
  const word = `[^\\s<>"'(),;:=@]`;
  const aliases = trackerDomains.map(
    (domain) => `(?<!${word})${word}{1,64}@(?:${word}{1,253}\\.)?${escaped(folded(domain))}`,
  );
  const published = allowed.flatMap(spellings).map((form) => `(?<![\\p{L}\\p{N}._+-])${escaped(form)}`);
  return new RegExp(`(?:${[...aliases, ...published].join('|')})(?![\\p{L}\\p{N}-]|\\.[\\p{L}\\p{N}])`, 'gu');
}

function* views(raw: Buffer): Generator<string> {
  for (const decoded of decodings(raw.toString('utf8'))) {
    yield decoded;
    const bare = decoded.replace(/<[^<>]*>/g, '');
    yield unfold(decoded)?.text ?? decoded;
    yield unfold(bare)?.text ?? bare;
  }
}

/** Everything is decoded in every way: what a part says of its own encoding does not matter then. */
function* decodings(text: string): Generator<string> {
  yield text;
  yield text
    .replace(/\r?\n[ \t]+/g, '')
    .replace(/(\?=)\s+(=\?)/g, '$1$2')
    .replace(encodedWord, decodeWord);
  yield decodeQuotedPrintable(text);
  for (const [block] of text.matchAll(/(?:^[A-Za-z0-9+/]{2,76}={0,2}\r?\n)+/gm)) {
    yield Buffer.from(block, 'base64').toString('utf8');
  }
}

const encodedWord = /=\?[\w-]+\?([qb])\?([^?\s]*)\?=/gi;

function decodeWord(_: string, encoding: string, word: string): string {
  return encoding.toLowerCase() === 'b'
    ? Buffer.from(word, 'base64').toString('utf8')
    : decodeQuotedPrintable(word.replaceAll('_', ' '));
}

function decodeQuotedPrintable(text: string): string {
  return text
    .replace(/=[ \t]*\r?\n/g, '')
    .replace(/(?:=[0-9A-F]{2})+/gi, (octets) => Buffer.from(octets.replaceAll('=', ''), 'hex').toString('utf8'));
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
