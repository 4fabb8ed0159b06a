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

const oneLabels = new WeakMap<OrderScope['aliases'], { size: number; known: boolean }>();

/** Whether somebody's address is broken so that its domain has no dot. */
export function knowsOneLabel(aliases: OrderScope['aliases']): boolean {
  let told = oneLabels.get(aliases);
  if (told?.size !== aliases.size) {
    told = {
      size: aliases.size,
      known: [...aliases.keys()].some((address) => !address.includes('.', address.lastIndexOf('@'))),
    };
    oneLabels.set(aliases, told);
  }
  return told.known;
}
