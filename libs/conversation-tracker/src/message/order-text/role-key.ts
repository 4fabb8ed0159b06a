import { foldAddress, parseEmailAddress } from '../../kernel/email-address.js';
import { findAddresses } from './find-addresses.js';
import type { OrderScope } from './order-scope.js';
import { unfold } from './unfold.js';

const ROLE_KEY =
  /^(?:[eE]mail(?:Address)?|[mM]ail|[cC]ancell?edBy|[aA]pprovedBy)$|Email(?:Address)?$|(?:^|_)email(?:_address)?$/;
const EMAIL_KEY = /^[eE]mail(?:Address)?$/;
const CUSTOMER_KEY = /^(?:clientProfileData|customer|client|buyer)$/i;

const nobody: ReadonlyMap<string, string> = new Map();

/** What a value under a role key says. */
export interface RoleAddress {
  /** As it was written, blanks around it aside, or decoded where it was an address in disguise. */
  address: string;
  folded: string;
  /** False for a broken address: it is masked whole and gets no mail. */
  deliverable: boolean;
}

/** A member whose value, if it is an address, names a participant: `email`, `…Email`, `mail`, `cancelledBy` … */
export function isRoleKey(key: string): boolean {
  return ROLE_KEY.test(key);
}

/**
 * The participant that a value under a role key names: an address, or a broken one, which is any other text with an at
 * sign. Undefined where it names nobody, an alias of ours included.
 */
export function roleAddress(value: string, scope: Omit<OrderScope, 'aliases'>): RoleAddress | undefined {
  const text = value.trim();
  const shown = parseEmailAddress(text) ? text : (unfold(text)?.text.trim() ?? text);
  const deliverable = parseEmailAddress(shown) !== undefined;
  if (!shown.includes('@') || namesOnlyAliases(shown, scope)) return undefined;
  const address = deliverable ? shown : text;
  return { address, folded: foldAddress(address), deliverable };
}

/** The `email` of a customer: `clientProfileData.email`, `customer.email`. */
export function isCustomerEmailKey(key: string, parent: string): boolean {
  return isEmailKey(key) && CUSTOMER_KEY.test(parent);
}

export function isEmailKey(key: string): boolean {
  return EMAIL_KEY.test(key);
}

/** A customer's address without any at sign: as personal as a whole one, and broken. Undefined for every other text. */
export function addressWithoutSign(value: string): RoleAddress | undefined {
  const address = value.trim();
  if (address === '' || /[@\uff20\ufe6b]/.test(unfold(address)?.text ?? address)) return undefined;
  return { address, folded: foldAddress(address), deliverable: false };
}

function namesOnlyAliases(text: string, scope: Omit<OrderScope, 'aliases'>): boolean {
  const found = findAddresses(text, { ...scope, aliases: nobody });
  return found.length === text.split('@').length - 1 && found.every(({ standing }) => standing === 'own');
}
