import { foldAddress, isAscii } from '../../kernel/email-address.js';
import type { OrderScope } from './order-scope.js';

/** The alias of an address as it is written; undefined where the order does not know it. */
export function aliasOf(address: string, { aliases }: OrderScope): string | undefined {
  // Most addresses are written folded, and a dot-string of ASCII folds by case alone.
  const alias = aliases.get(address) ?? aliases.get(address.toLowerCase());
  if (alias !== undefined || (address.charCodeAt(0) !== 0x22 && isAscii(address))) return alias;
  return aliases.get(foldAddress(address));
}
