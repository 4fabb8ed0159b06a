import { foldAddress, isAscii } from '../../kernel/email-address.js';
import type { OrderScope } from './order-scope.js';

/** The alias of an address as it is written; undefined where the order does not know it. */
export function aliasOf(address: string, { aliases }: OrderScope): string | undefined {
  // Most addresses are written folded, and a dot-string of ASCII folds by case alone.
  const lowerCase = address.toLowerCase();
  const alias = aliases.get(address) ?? (lowerCase === address ? undefined : aliases.get(lowerCase));
  if (alias !== undefined || (address.charCodeAt(0) !== 0x22 && isAscii(address))) return alias;
  return aliases.get(foldAddress(address));
}

/** What the broken addresses among those of an order lack; asked once as long as nobody is added. */
interface Lacks {
  size: number;
  /** Whether somebody's has no dot in its domain. */
  dot: boolean;
  /** Whether somebody's has no at sign. */
  sign: boolean;
}

const told = new WeakMap<OrderScope['aliases'], Lacks>();

/** Whether somebody's address is broken so that its domain has no dot. */
export function knowsOneLabel(aliases: OrderScope['aliases']): boolean {
  return lacks(aliases).dot;
}

/** Whether somebody's address is broken so that it has no at sign. */
export function knowsWithoutSign(aliases: OrderScope['aliases']): boolean {
  return lacks(aliases).sign;
}

function lacks(aliases: OrderScope['aliases']): Lacks {
  const known = told.get(aliases);
  if (known?.size === aliases.size) return known;
  const addresses = [...aliases.keys()];
  const found: Lacks = {
    size: aliases.size,
    dot: addresses.some((address) => !address.includes('.', address.lastIndexOf('@'))),
    sign: addresses.some((address) => !address.includes('@')),
  };
  told.set(aliases, found);
  return found;
}
