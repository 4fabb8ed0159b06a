import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { TrackerError } from '../kernel/errors.js';
import { type NamedKey } from './cipher.js';

/** Octets of plain text in a chunk: little enough to hold many of them, much enough that 16 octets of tag do not count. */
const CHUNK = 64 * 1024;
const TAG = 16;
const VERSION = 1;
const KEY_ID = 16;
const SALT = 32;
const HEADER = 1 + KEY_ID + SALT;

/**
 * Encrypts a stream of any length: AES-256-GCM in chunks, each bound to its place and to whether it is the last, so that
 * none can be dropped, moved or taken from another stream (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár,
 * 2015). The key of a stream is made from the master key and a salt of its own (RFC 5869), so nonces may count from zero.
 * @param context bound to the stream: it opens under no other.
 */
export function sealStream({ id, key }: NamedKey, context: string): Transform {
  const salt = randomBytes(SALT);
  const streamKey = deriveKey(key, salt, context);
  const header = Buffer.concat([Buffer.from([VERSION]), Buffer.from(id.padEnd(KEY_ID, '\0')), salt]);
  let started = false;
  return new Chunks(CHUNK, (bytes, index, last) => {
    const nonce = nonceOf(index, last);
    const cipher = createCipheriv('aes-256-gcm', streamKey, nonce).setAAD(Buffer.from(context));
    const sealed = [cipher.update(bytes), cipher.final(), cipher.getAuthTag()];
    if (!started) sealed.unshift(header);
    started = true;
    return Buffer.concat(sealed);
  });
}

/**
 * Decrypts what {@link sealStream} made. Fails where a chunk was changed or the end is missing; what came before has then been
 * given out already.
 */
export function openStream(keyById: (id: string) => Buffer | undefined, context: string): Transform {
  let streamKey: Buffer | undefined;
  const open = (bytes: Buffer, index: number, last: boolean) => {
    if (!streamKey || bytes.length < TAG) throw new Error('a sealed stream ends before its end');
    const decipher = createDecipheriv('aes-256-gcm', streamKey, nonceOf(index, last))
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(-TAG));
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG)), decipher.final()]);
  };
  return new Chunks(CHUNK + TAG, open, {
    length: HEADER,
    read: (header) => {
      const id = header.toString('latin1', 1, 1 + KEY_ID).replace(/\0+$/, '');
      const key = header[0] === VERSION ? keyById(id) : undefined;
      if (!key) {
        throw new TrackerError(
          'configuration-invalid',
          `a stored blob names the encryption key "${id}", which the options do not hold; add it to keys.encryption`,
        );
      }
      streamKey = deriveKey(key, header.subarray(1 + KEY_ID), context);
    },
  });
}

function deriveKey(key: Buffer, salt: Buffer, context: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, `chunks\0${context}`, 32));
}

/** 96 bits: the place of the chunk, and whether it is the last. */
function nonceOf(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

type Work = (bytes: Buffer, index: number, last: boolean) => Buffer;

/** Cuts a stream into chunks of one size. The last one, which may be empty, is known as such only at the end. */
class Chunks extends Transform {
  private pending: Buffer = Buffer.alloc(0);
  private index = 0;

  constructor(
    private readonly size: number,
    private readonly work: Work,
    private header?: { length: number; read(header: Buffer): void },
  ) {
    super();
  }

  override _transform(bytes: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.attempt(done, () => {
      this.pending = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes]);
      if (this.header && this.pending.length >= this.header.length) {
        this.header.read(this.pending.subarray(0, this.header.length));
        this.pending = this.pending.subarray(this.header.length);
        this.header = undefined;
      }
      let taken = 0;
      for (; !this.header && this.pending.length - taken > this.size; taken += this.size) {
        this.push(this.work(this.pending.subarray(taken, taken + this.size), this.index++, false));
      }
      this.pending = this.pending.subarray(taken);
    });
  }

  override _flush(done: TransformCallback): void {
    this.attempt(done, () => void this.push(this.work(this.pending, this.index, true)));
  }

  private attempt(done: TransformCallback, work: () => void): void {
    try {
      work();
    } catch (error) {
      done(error instanceof Error ? error : new Error('a stream could not be read'));
      return;
    }
    done();
  }
}
