import { MAX_LOCAL_PART } from '../../kernel/email-address.js';
import { isOwnAddress } from '../alias-grammar.js';
import { domainEnds, widestEnd } from './address-domain.js';
import { localPartStarts, widestStart } from './address-local-part.js';
import { aliasOf, knowsOneLabel } from './known-address.js';
import type { OrderScope } from './order-scope.js';

export interface FoundAddress {
  /** Where its at sign stands. */
  at: number;
  start: number;
  end: number;
  /** `own`: at or below a tracker domain; `known`: a participant of the order; `unknown`: anybody else. */
  standing: 'own' | 'known' | 'unknown';
  /** The alias of a known address. */
  alias?: string;
}

/** What a domain that goes on would have before the next at sign. */
const GLUE = /^(?:\.[\p{L}\p{N}][\p{L}\p{N}_.+-]*)?$/u;

/**
 * The addresses of a decoded text, in order; apart from each other but for those glued together. A known address is found
 * in the widest reading first; an unknown one is taken whole.
 */
export function findAddresses(text: string, scope: OrderScope): FoundAddress[] {
  const found: FoundAddress[] = [];
  let floor = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const address = glued(text, at, found.at(-1)) ?? addressAt(text, at, floor, scope);
    if (address) found.push(address);
    floor = address?.end ?? at + 1;
  }
  return found;
}

/** `ana@x.comeve@y.com`, `ana@x.com.1@y.com`: whose is which nobody can say, so this one takes the last one with it. */
function glued(text: string, at: number, last: FoundAddress | undefined): FoundAddress | undefined {
  if (!last || (last.end !== at && text.charAt(last.end) !== '.') || !GLUE.test(text.slice(last.end, at)))
    return undefined;
  const end = domainEnds(text, at + 1).deliverable;
  return end === undefined ? undefined : { at, start: last.start, end, standing: 'unknown' };
}

function addressAt(text: string, at: number, floor: number, scope: OrderScope): FoundAddress | undefined {
  const known = widestKnown(text, at, floor, scope);
  if (known) return known;
  const ends = domainEnds(text, at + 1);
  // `discount@price`, of which VTEX's orders are full.
  if (ends.isOneLabel && !knowsOneLabel(scope.aliases)) return undefined;
  const starts = localPartStarts(text, at, floor);
  if (starts.readings.length === 0 && starts.unknown === undefined) return undefined;
  for (const end of ends.readings) {
    if (isOwn(text, at, end, scope.trackerDomains)) {
      return { at, start: starts.unknown ?? at, end, standing: 'own' };
    }
    for (const start of starts.readings) {
      const alias = aliasOf(text.slice(start, end), scope);
      if (alias !== undefined) return { at, start, end, standing: 'known', alias };
    }
  }
  if (starts.unknown === undefined || ends.deliverable === undefined) return undefined;
  return { at, start: starts.unknown, end: ends.deliverable, standing: 'unknown' };
}

/** The first of all readings alone: nearly every address of an order is known by it, and the others take longer to find. */
function widestKnown(text: string, at: number, floor: number, scope: OrderScope): FoundAddress | undefined {
  const start = widestStart(text, at, floor);
  const end = widestEnd(text, at + 1);
  if (start === at || end === at + 1 || at - start > MAX_LOCAL_PART) return undefined;
  if (isOwn(text, at, end, scope.trackerDomains)) return undefined;
  const alias = aliasOf(text.slice(start, end), scope);
  return alias === undefined ? undefined : { at, start, end, standing: 'known', alias };
}

function isOwn(text: string, at: number, end: number, trackerDomains: readonly string[]): boolean {
  // Its length and its last letter tell nearly every other domain.
  const last = text.charCodeAt(end - 1) | 0x20;
  const may = trackerDomains.some(
    (domain) => domain.length < end - at && (domain.charCodeAt(domain.length - 1) | 0x20) === last,
  );
  return may && isOwnAddress(text.slice(at, end), trackerDomains);
}
