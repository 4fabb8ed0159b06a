import { textOf, valueAt } from './model-values.js';

export interface ModelAddress {
  /** The customer fetches the order there. */
  readonly pickup: boolean;
  /** As on an envelope, the receiver first. Never empty. */
  readonly lines: readonly string[];
}

/** Where the order goes: VTEX's `shippingData.address`, or `shippingAddress` with the same names in a plain order. */
export function shippingAddressOf(order: object): ModelAddress | null {
  const address = valueAt(order, 'shippingData', 'address') ?? valueAt(order, 'shippingAddress');
  const part = (name: string): string => textOf(valueAt(address, name));
  const lines = [
    part('receiverName'),
    joined(', ', part('street'), part('number'), part('complement')),
    part('neighborhood'),
    joined(' ', joined(', ', part('city'), part('state')), part('postalCode')),
    // A code is for machines; the receiver knows the country.
    part('country').length > 3 ? part('country') : '',
  ].filter((line) => line !== '');
  return lines.length === 0 ? null : { pickup: part('addressType') === 'pickup', lines };
}

function joined(separator: string, ...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(separator);
}
