import { isAscii, parseDomain, parseEmailAddress } from '../kernel/email-address.js';

/** 128 bits as lower-case hex (R47). */
const TOKEN = /^[0-9a-f]{32}$/;
/** What stands between the person's domain and the tracker domain; the letter is missing in the oldest form (R50). */
const SUFFIX = /^(.+)-([0-9]+)([a-z]?)$/;
const NUMBER = /^[0-9]{12}$/;
const PLACEHOLDER_LOCAL_PART = 'undisclosed';
/** Relays that drop mail of senders they were not told of: a readable alias would suggest that one may write there (R48). */
const RELAYS_THAT_KNOW_THEIR_SENDERS = ['privaterelay.appleid.com'];

export interface ComplexAlias {
  form: 'complex';
  /** 32 lower-case hex digits. */
  token: string;
  trackerDomain: string;
  /** The alias as it is looked up: folded, without a tag. */
  address: string;
}

export interface SimpleAlias {
  form: 'simple';
  /** The person's own local part, folded. */
  localPart: string;
  /** The person's own domain, folded. */
  domain: string;
  /** The digits as written, leading zeros kept. */
  number: string;
  /** The letter after the digits; empty in the oldest form. */
  suffix: string;
  trackerDomain: string;
  /** The alias as it is looked up: whole and folded (R48). */
  address: string;
}

export interface PlaceholderAlias {
  form: 'placeholder';
  trackerDomain: string;
  address: string;
}

export type Alias = ComplexAlias | SimpleAlias | PlaceholderAlias;

/** R47: `<32 hex>@<tracker domain>`. Throws a RangeError where the token is no 128 bits of lower-case hex. */
export function complexAlias(token: string, trackerDomain: string): string {
  if (!TOKEN.test(token)) throw new RangeError('an alias token is 32 lower-case hex digits');
  return `${token}@${trackerDomain.toLowerCase()}`;
}

/**
 * R48: `<local>@<domain>-<12 digits>b.<tracker domain>`, folded. Undefined where the caller has to issue a Complex alias: the
 * real address is none, is quoted or not ASCII (its domain as A-labels too: a suffix would break the last label), lies at
 * a relay that must be told its senders, or the alias would exceed a limit of RFC 5321. Throws a RangeError where `digits` are not 12.
 */
export function simpleAlias(realAddress: string, digits: string, trackerDomain: string): string | undefined {
  if (!NUMBER.test(digits)) throw new RangeError('the number of a Simple alias has 12 digits');
  const real = parseEmailAddress(realAddress);
  if (!real || !isAscii(real.localPart) || real.localPart.startsWith('"')) return undefined;
  if (real.domain.split('.').some((label) => label.startsWith('xn--'))) return undefined;
  if (RELAYS_THAT_KNOW_THEIR_SENDERS.some((relay) => isAtOrBelow(real.domain, relay))) return undefined;
  return parseEmailAddress(`${real.localPart.toLowerCase()}@${real.domain}-${digits}b.${trackerDomain.toLowerCase()}`)
    ?.address;
}

/** What an order shows where no alias may be made; mail to it is always refused. */
export function placeholderAddress(trackerDomain: string): string {
  return `${PLACEHOLDER_LOCAL_PART}@${trackerDomain.toLowerCase()}`;
}

/**
 * Which form of alias an address has (R6, R50); undefined for every other address, ours or not. Says nothing about whether
 * the alias was ever issued.
 */
export function parseAlias(address: string, trackerDomains: readonly string[]): Alias | undefined {
  const parsed = parseEmailAddress(address.toLowerCase());
  if (!parsed) return undefined;
  for (const tracker of trackerDomains) {
    const trackerDomain = tracker.toLowerCase();
    const alias =
      parsed.domain === trackerDomain
        ? parseOpaque(parsed.localPart, trackerDomain)
        : parseSimple(parsed.localPart, parsed.domain, trackerDomain);
    if (alias) return alias;
  }
  return undefined;
}

/** True for every address at or below a tracker domain, whatever its form. */
export function isOwnAddress(address: string, trackerDomains: readonly string[]): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  return trackerDomains.some((trackerDomain) => isAtOrBelow(domain, trackerDomain.toLowerCase()));
}

function isAtOrBelow(domain: string, ancestor: string): boolean {
  return domain === ancestor || domain.endsWith(`.${ancestor}`);
}

function parseOpaque(localPart: string, trackerDomain: string): Alias | undefined {
  const plus = localPart.indexOf('+');
  const token = plus === -1 ? localPart : localPart.slice(0, plus);
  const address = `${token}@${trackerDomain}`;
  if (token === PLACEHOLDER_LOCAL_PART) return { form: 'placeholder', trackerDomain, address };
  return TOKEN.test(token) ? { form: 'complex', token, trackerDomain, address } : undefined;
}

function parseSimple(localPart: string, aliasDomain: string, trackerDomain: string): SimpleAlias | undefined {
  if (!aliasDomain.endsWith(`.${trackerDomain}`)) return undefined;
  const match = SUFFIX.exec(aliasDomain.slice(0, -trackerDomain.length - 1));
  if (!match) return undefined;
  const [, domain, number, suffix] = match;
  if (parseDomain(domain) === undefined) return undefined;
  return {
    form: 'simple',
    localPart,
    domain,
    number,
    suffix,
    trackerDomain,
    address: `${localPart}@${aliasDomain}`,
  };
}
