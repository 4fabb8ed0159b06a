import { protectedAddresses } from './protected-addresses.js';
import { isInMessage, type Protected } from './look-into.js';
import { skeletonOf } from './skeleton.js';

/** What the gate minds. */
export interface LeakRules {
  /** Real addresses. Text without an at sign is none: it would be found in a customer's name. */
  readonly protect: readonly string[];
  /** Addresses that may be shown though they are protected: what the store itself publishes (MAIL-RULES R34). */
  readonly allowed: readonly string[];
  readonly trackerDomains: readonly string[];
  /** The recipient's own real addresses: no leak to that person in an attachment (R34); none by default. */
  readonly recipientAddresses?: readonly string[];
}

/**
 * The last look at a finished message (MAIL-RULES R37): true where its octets, as they are or decoded, show a protected
 * address. Headers and text are decoded in every way, whatever a part says of its own encoding; each leaf by what it says
 * as well. It does not look into archives, images or compressed documents.
 */
export function findsLeak(raw: Buffer, rules: LeakRules): boolean {
  const protect = protectedBy(rules);
  return protect !== undefined && isInMessage(raw, protect);
}

/** The same for a message in pieces, which is not put together where it has large files. */
export function findsLeakInPieces(pieces: readonly Buffer[], rules: LeakRules): boolean {
  const protect = protectedBy(rules);
  if (!protect) return false;
  const skeleton = skeletonOf(pieces);
  if (!skeleton) return isInMessage(Buffer.concat(pieces), protect);
  return isInMessage(skeleton.raw, protect, 0, skeleton.leftOut);
}

function protectedBy(rules: LeakRules): Protected | undefined {
  const shown = { publicAddresses: rules.allowed, trackerDomains: rules.trackerDomains };
  const everybody = protectedAddresses(rules.protect, shown);
  if (everybody.addresses.length === 0) return undefined;
  const others = protectedAddresses(rules.protect, {
    ...shown,
    publicAddresses: [...rules.allowed, ...(rules.recipientAddresses ?? [])],
  });
  return { shown: everybody, attached: others };
}
