import { randomFillSync } from 'node:crypto';

/** A call into the system's generator costs more than the octets that it gives: so many nonces come of one. */
const NONCES = 256;
const NONCE_BYTES = 12;

const pool = Buffer.alloc(NONCES * NONCE_BYTES);
let used = pool.length;

/** Twelve octets that were never given out before: the nonce of one AES-GCM encryption (NIST SP 800-38D §8.2.2). */
export function randomNonce(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  // A copy: the pool is filled anew, while a nonce may still wait to be written.
  const nonce = Buffer.from(pool.subarray(used, used + NONCE_BYTES));
  used += NONCE_BYTES;
  return nonce;
}
