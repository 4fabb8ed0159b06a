import { createHmac } from 'node:crypto';
import { type KeySet } from './key-ring.js';

/**
 * A key of 32 bytes for one purpose in one store: from it neither the key it comes from can be told, nor that of another
 * purpose or store (NIST SP 800-108r1 §4.1, with HMAC-SHA-256 and one block).
 * @throws TrackerError `configuration-invalid` for a key that the options do not hold.
 */
export function deriveKey(keys: KeySet, purpose: string, storeId: string, keyId = keys.current.id): Buffer {
  return Buffer.from(keys.hmac(JSON.stringify(['derive', purpose, storeId]), keyId), 'hex');
}

export function hmacHex(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
