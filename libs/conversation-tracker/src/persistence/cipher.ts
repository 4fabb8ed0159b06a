import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { TrackerError } from '../kernel/errors.js';

/** A key of 32 bytes under the id by which stored values name it. */
export interface NamedKey {
  id: string;
  key: Buffer;
}

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM (NIST SP 800-38D), as `v1.<key id>.<base64url of nonce, ciphertext and tag>`.
 * @param context bound to the value as additional data: the same text under another store or row does not decrypt.
 */
export function encrypt(plain: string | Buffer, { id, key }: NamedKey, context: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return `${VERSION}.${id}.${sealed.toString('base64url')}`;
}

/** @throws when the value was changed, belongs to another context, or names a key that is not configured. */
export function decrypt(stored: string, keyById: (id: string) => Buffer | undefined, context: string): Buffer {
  const [version, id = '', sealedText = ''] = stored.split('.');
  const key = version === VERSION ? keyById(id) : undefined;
  if (!key) {
    throw new TrackerError(
      'configuration-invalid',
      `a stored value names the encryption key "${id}", which the options do not hold; add it to keys.encryption`,
    );
  }
  const sealed = Buffer.from(sealedText, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}
