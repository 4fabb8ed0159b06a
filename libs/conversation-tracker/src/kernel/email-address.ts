import { domainToASCII } from 'node:url';

/** RFC 5321 §4.5.3.1.1, octets. */
export const MAX_LOCAL_PART = 64;
/** RFC 1035 §2.3.4, octets. */
export const MAX_LABEL = 63;
/** RFC 1035 §2.3.4: 255 octets on the wire are 253 characters of text. */
export const MAX_DOMAIN = 253;
/** RFC 5321 §4.5.3.1.3: a path of 256 octets without its angle brackets. */
export const MAX_ADDRESS = 254;

/** One mailbox as RFC 5321 writes it, a non-ASCII local part included (RFC 6531). */
export interface EmailAddress {
  /** As it was written: only its own server knows whether case matters (RFC 5321 §2.4). */
  localPart: string;
  /** Lower-case A-labels. */
  domain: string;
  /** `localPart@domain`, what a transport is given. */
  address: string;
}

const DOT_STRING = /^[\w!#$%&'*+\-/=?^`{|}~\u0080-\u{10ffff}]+(?:\.[\w!#$%&'*+\-/=?^`{|}~\u0080-\u{10ffff}]+)*$/u;
const QUOTED_STRING = /^"(?:[^"\\]|\\[ -~])*"$/u;
// Blanks, controls, formatting characters (zero width, bidi) and lone surrogates: they make two addresses look alike.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const DOMAIN_CHARACTERS = /^[A-Za-z0-9.\-\u0080-\u{10ffff}]+$/u;

/**
 * The address that `text` is, whole and without blanks around it; undefined where a mail server would not take it: a domain
 * with one label, with an all-digit last label or as an address literal counts as broken too, since no customer has one.
 */
export function parseEmailAddress(text: string): EmailAddress | undefined {
  const at = text.lastIndexOf('@');
  const localPart = text.slice(0, Math.max(at, 0));
  if (!isLocalPart(localPart)) return undefined;
  const domain = parseDomain(text.slice(at + 1));
  if (domain === undefined) return undefined;
  const address = `${localPart}@${domain}`;
  return Buffer.byteLength(address) <= MAX_ADDRESS ? { localPart, domain, address } : undefined;
}

/** The domain as lower-case A-labels, or undefined where it is none (one label, a label too long, all digits at the end). */
export function parseDomain(text: string): string | undefined {
  if (!DOMAIN_CHARACTERS.test(text)) return undefined;
  const domain = isAscii(text) ? text.toLowerCase() : domainToASCII(text);
  if (domain.length > MAX_DOMAIN) return undefined;
  const labels = domain.split('.');
  const valid = labels.every((label) => label.length <= MAX_LABEL && LABEL.test(label));
  return valid && labels.length > 1 && !/^\d+$/.test(labels[labels.length - 1]) ? domain : undefined;
}

/**
 * Who an address is: two spellings of one mailbox fold to the same text. Case is folded in the whole address, the domain
 * becomes A-labels, needless quotes go (RFC 5321 §4.1.2). Text that is no address is trimmed and case-folded, so that a
 * broken address has an identity as well.
 */
export function foldAddress(text: string): string {
  const trimmed = text.trim();
  const parsed = parseEmailAddress(trimmed);
  return parsed ? `${foldCase(unquote(parsed.localPart))}@${parsed.domain}` : foldCase(trimmed);
}

export function isAscii(text: string): boolean {
  return !/[\u0080-\uffff]/.test(text);
}

function isLocalPart(text: string): boolean {
  if (Buffer.byteLength(text) > MAX_LOCAL_PART || INVISIBLE.test(text)) return false;
  return DOT_STRING.test(text) || QUOTED_STRING.test(text);
}

function unquote(localPart: string): string {
  if (!localPart.startsWith('"')) return localPart;
  const content = localPart.slice(1, -1).replaceAll(/\\(.)/gu, '$1');
  return DOT_STRING.test(content) ? content : `"${content.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function foldCase(text: string): string {
  const folded = text.toLowerCase();
  return isAscii(folded) ? folded : folded.normalize('NFC');
}
