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
const PIECES_VERSION = 'v3';
const BYTES_HEAD = /^v[23]\.([^.]{1,16})\./;
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
 * As {@link encryptBytes}, a piece at a time: what is large is never in memory twice, and holds nobody up. `v3.<key id>.` and the
 * octets of nonce, ciphertext and tag, which is known last. Earlier ones of that size have the form of {@link encryptBytes}.
 * @param plain in pieces that follow one another.
 */
export async function* encryptPieces(
  plain: readonly Buffer[],
  { id, key }: NamedKey,
  context: string,
): AsyncGenerator<Buffer> {
  const nonce = randomNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  yield Buffer.concat([Buffer.from(`${PIECES_VERSION}.${id}.`), nonce]);
  for (const piece of cut(plain)) {
    yield cipher.update(piece);
    await letOthersGo();
  }
  cipher.final();
  yield cipher.getAuthTag();
}

function* cut(plain: readonly Buffer[]): Generator<Buffer> {
  for (const octets of plain) {
    for (let at = 0; at < octets.length; at += PIECE) yield octets.subarray(at, at + PIECE);
  }
}

/** The id of the key under which octets were encrypted; `undefined` for what is none of {@link encryptBytes} or {@link encryptPieces}. */
export function keyOfBytes(stored: Buffer): string | undefined {
  return BYTES_HEAD.exec(stored.toString('latin1', 0, MAX_HEAD))?.[1];
}

/** @throws see {@link decrypt}. */
export function decryptBytes(stored: Buffer, keyById: (id: string) => Buffer | undefined, context: string): Buffer {
  const { decipher, sealed } = beginWhole(stored, keyById, context);
  // Of GCM the last piece is always empty; it is what checks the tag.
  const plain = decipher.update(sealed);
  decipher.final();
  return plain;
}

/** The same as a stream, which fails at its end where something was changed: what came before has then been given out already. */
export function decryptStream(keyById: (id: string) => Buffer | undefined, context: string): Transform {
  let decryption: Decryption | undefined;
  // The last octets may be the tag: what came last waits for what follows it.
  let last: Buffer = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        if (decryption && chunk.length >= TAG_BYTES) {
          const plain = decryption.decipher.update(last);
          last = chunk;
          return done(null, plain);
        }
        last = Buffer.concat([last, chunk]);
        if (!decryption && last.length >= MAX_HEAD + NONCE_BYTES + TAG_BYTES) {
          decryption = beginDecryption(last, keyById, context);
          last = last.subarray(decryption.start);
        }
        return done();
      } catch (error) {
        return done(error as Error);
      }
    },
    flush(done) {
      try {
        if (!decryption) throw new Error('an encrypted blob ends before its end');
        const { sealed, tag } = splitEnd(last, decryption);
        const plain = decryption.decipher.update(sealed);
        decryption.decipher.setAuthTag(tag).final();
        done(null, plain);
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
  const { decipher, sealed } = beginWhole(stored, keyById, context);
  for (let at = 0; at < sealed.length; at += PIECE) decipher.update(sealed.subarray(at, at + PIECE)).copy(sealed, at);
  decipher.final();
  return sealed;
}

interface Decryption {
  decipher: DecipherGCM;
  /** Where the ciphertext begins. */
  start: number;
  /** Missing where it stands behind the ciphertext. */
  tag: Buffer | undefined;
}

function beginDecryption(head: Buffer, keyById: (id: string) => Buffer | undefined, context: string): Decryption {
  const id = keyOfBytes(head) ?? '';
  const key = keyById(id);
  if (!key) throw unknownKey(id);
  const nonceAt = BYTES_VERSION.length + id.length + 2;
  const nonceEnd = nonceAt + NONCE_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, head.subarray(nonceAt, nonceEnd)).setAAD(Buffer.from(context));
  const isTagLast = head.toString('latin1', 0, PIECES_VERSION.length) === PIECES_VERSION;
  if (isTagLast) return { decipher, start: nonceEnd, tag: undefined };
  const start = nonceEnd + TAG_BYTES;
  return { decipher, start, tag: Buffer.from(head.subarray(nonceEnd, start)) };
}

/** With the tag set. */
function beginWhole(stored: Buffer, keyById: (id: string) => Buffer | undefined, context: string) {
  const decryption = beginDecryption(stored, keyById, context);
  const { sealed, tag } = splitEnd(stored.subarray(decryption.start), decryption);
  return { decipher: decryption.decipher.setAuthTag(tag), sealed };
}

/** @param end the last octets of what was stored, behind its head. */
function splitEnd(end: Buffer, { tag }: Pick<Decryption, 'tag'>): { sealed: Buffer; tag: Buffer } {
  if (tag) return { sealed: end, tag };
  if (end.length < TAG_BYTES) throw new Error('an encrypted blob ends before its end');
  return { sealed: end.subarray(0, -TAG_BYTES), tag: end.subarray(-TAG_BYTES) };
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
