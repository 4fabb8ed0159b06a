import { foldAddress } from '../kernel/email-address.js';
import { deriveKey, hmacHex } from '../persistence/derived-key.js';
import { type KeyRing } from '../persistence/key-ring.js';

const LENGTH = 32;

/**
 * A pseudonym of a person in a store: the same in all orders of the store, another in every other store, and nothing that the
 * tables hold (GDPR Art. 4(5)).
 * @returns 32 hex digits.
 */
export function customerKey(keys: KeyRing, storeId: string, address: string): string {
  return hmacHex(deriveKey(keys.index, 'customer', storeId), foldAddress(address)).slice(0, LENGTH);
}
