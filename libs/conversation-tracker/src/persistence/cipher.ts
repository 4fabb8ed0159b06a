import { createCipheriv, createDecipheriv, type DecipherGCM } from 'node:crypto';
import { Transform } from 'node:stream';
import { setImmediate as letOthersGo } from 'node:timers/promises';
import { TrackerError } from '../kernel/errors.js';
import { randomNonce } from './random-nonce.js';

/** A key of 32 bytes under the id by which stored values name it. */
export interface NamedKey {
  id: string;
  key: Buffer;
}

const VERSION = 'v1';
const BYTES_VERSION = 'v2';
const BYTES_HEAD = /^v2\.([^.]{1,16})\./;
/** Octets in which version and key id of every stored value stand. */
export const MAX_HEAD = 20;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM (NIST SP 800-38D), as `v1.<key id>.<base64url of nonce, ciphertext and tag>`.
 * @param context bound to the value as additional data: the same text under another store or row does not decrypt.
 */
export function encrypt(plain: string | Buffer, { id, key }: NamedKey, context: string): string {
  const nonce = randomNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return `${VERSION}.${id}.${sealed.toString('base64url')}`;
}

/**
 * As {@link encrypt}, for what is large and stands in a file: `v2.<key id>.` and the octets of nonce, tag and ciphertext, in
 * pieces that are to be written one after the other.
 */
export function encryptBytes(plain: Buffer, { id, key }: NamedKey, context: string): Buffer[] {
  const nonce = randomNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const sealed = [cipher.update(plain), cipher.final()];
  return [Buffer.from(`${BYTES_VERSION}.${id}.`), nonce, cipher.getAuthTag(), ...sealed];
}

/** Octets that are encrypted or decrypted in one go where there are many: some tenths of a millisecond. */
const PIECE = 256 * 1024;

/**
 * What {@link encryptBytes} makes, a piece at a time: what is large is never in memory twice, and holds nobody up. It is
 * encrypted two times for that, since the tag stands first; the octets must not change meanwhile.
 * @param plain in pieces that follow one another.
 */
export async function* encryptPieces(
  plain: readonly Buffer[],
  { id, key }: NamedKey,
  context: string,
): AsyncGenerator<Buffer> {
  const nonce = randomNonce();
  const begin = () => createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const first = begin();
  for (const piece of cut(plain)) {
    first.update(piece);
    await letOthersGo();
  }
  first.final();
  const tag = first.getAuthTag();
  yield Buffer.concat([Buffer.from(`${BYTES_VERSION}.${id}.`), nonce, tag]);
  const second = begin();
  for (const piece of cut(plain)) yield second.update(piece);
  second.final();
  if (!second.getAuthTag().equals(tag)) throw new Error('octets changed while they were encrypted');
}

function* cut(plain: readonly Buffer[]): Generator<Buffer> {
  for (const octets of plain) {
    for (let at = 0; at < octets.length; at += PIECE) yield octets.subarray(at, at + PIECE);
  }
}

/** The id of the key under which octets were encrypted; `undefined` for what is none of {@link encryptBytes}. */
export function keyOfBytes(stored: Buffer): string | undefined {
  return BYTES_HEAD.exec(stored.toString('latin1', 0, MAX_HEAD))?.[1];
}

/** @throws see {@link decrypt}. */
export function decryptBytes(stored: Buffer, keyById: (id: string) => Buffer | undefined, context: string): Buffer {
  const { decipher, sealed } = beginDecryption(stored, keyById, context);
  // Of GCM the last piece is always empty; it is what checks the tag.
  const plain = decipher.update(sealed);
  decipher.final();
  return plain;
}

/** The same as a stream, which fails at its end where something was changed: what came before has then been given out already. */
export function decryptStream(keyById: (id: string) => Buffer | undefined, context: string): Transform {
  let head = Buffer.alloc(0);
  let decipher: DecipherGCM | undefined;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        if (decipher) return done(null, decipher.update(chunk));
        head = Buffer.concat([head, chunk]);
        if (head.length < MAX_HEAD + NONCE_BYTES + TAG_BYTES) return done();
        const begun = beginDecryption(head, keyById, context);
        ({ decipher } = begun);
        return done(null, decipher.update(begun.sealed));
      } catch (error) {
        return done(error as Error);
      }
    },
    flush(done) {
      try {
        if (!decipher) throw new Error('an encrypted blob ends before its end');
        decipher.final();
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

/**
 * The same where the stored octets stand, which nobody else may need: what is large is never in memory twice.
 * @throws see {@link decrypt}.
 */
export function decryptInPlace(stored: Buffer, keyById: (id: string) => Buffer | undefined, context: string): Buffer {
  const { decipher, sealed } = beginDecryption(stored, keyById, context);
  for (let at = 0; at < sealed.length; at += PIECE) decipher.update(sealed.subarray(at, at + PIECE)).copy(sealed, at);
  decipher.final();
  return sealed;
}

function beginDecryption(stored: Buffer, keyById: (id: string) => Buffer | undefined, context: string) {
  const id = keyOfBytes(stored) ?? '';
  const key = keyById(id);
  if (!key) throw unknownKey(id);
  const nonceAt = BYTES_VERSION.length + id.length + 2;
  const tagAt = nonceAt + NONCE_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, stored.subarray(nonceAt, tagAt))
    .setAAD(Buffer.from(context))
    .setAuthTag(stored.subarray(tagAt, tagAt + TAG_BYTES));
  return { decipher, sealed: stored.subarray(tagAt + TAG_BYTES) };
}

/** @throws when the value was changed, belongs to another context, or names a key that is not configured. */
export function decrypt(stored: string, keyById: (id: string) => Buffer | undefined, context: string): Buffer {
  const [version, id = '', sealedText = ''] = stored.split('.');
  const key = version === VERSION ? keyById(id) : undefined;
  if (!key) throw unknownKey(id);
  const sealed = Buffer.from(sealedText, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}

function unknownKey(id: string): TrackerError {
  return new TrackerError(
    'configuration-invalid',
    `a stored value names the encryption key "${id}", which the options do not hold; add it to keys.encryption`,
  );
}
