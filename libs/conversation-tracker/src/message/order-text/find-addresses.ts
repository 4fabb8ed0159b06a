import { isOwnAddress } from '../alias-grammar.js';
import { domainEnds } from './address-domain.js';
import { localPartStarts } from './address-local-part.js';
import { aliasOf } from './known-address.js';
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

/**
 * The addresses of a decoded text, in order and apart from each other. A known address is found in the widest reading
 * first; an unknown one is taken whole.
 */
export function findAddresses(text: string, scope: OrderScope): FoundAddress[] {
  const found: FoundAddress[] = [];
  let floor = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const address = addressAt(text, at, floor, scope);
    if (address) found.push(address);
    floor = address?.end ?? at + 1;
  }
  return found;
}

function addressAt(text: string, at: number, floor: number, scope: OrderScope): FoundAddress | undefined {
  const starts = localPartStarts(text, at, floor);
  if (starts.readings.length === 0 && starts.unknown === undefined) return undefined;
  const ends = domainEnds(text, at + 1);
  for (const end of ends.readings) {
    if (isOwnAddress(text.slice(at, end), scope.trackerDomains)) {
      return { at, start: starts.readings[0] ?? at, end, standing: 'own' };
    }
    for (const start of starts.readings) {
      const alias = aliasOf(text.slice(start, end), scope);
      if (alias !== undefined) return { at, start, end, standing: 'known', alias };
    }
  }
  if (starts.unknown === undefined || ends.deliverable === undefined) return undefined;
  return { at, start: starts.unknown, end: ends.deliverable, standing: 'unknown' };
}
