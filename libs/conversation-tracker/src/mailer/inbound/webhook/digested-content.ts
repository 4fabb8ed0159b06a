import { createHash, type Hash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { TrackerError } from '../../../kernel/errors.js';

/** The octets of a message, which end in an error where they are not those that were signed (R12). */
export class DigestedContent extends Transform {
  private readonly hash: Hash = createHash('sha256');

  /** @param digest SHA-256, base64. */
  constructor(private readonly digest: string) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.hash.update(chunk);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    const same = this.hash.digest('base64') === this.digest;
    done(same ? null : new TrackerError('signature-invalid', 'the message is not the one that Content-Digest names'));
  }
}
