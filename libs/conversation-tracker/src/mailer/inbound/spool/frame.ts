import { createCipheriv, createDecipheriv } from 'node:crypto';
import { randomNonce } from '../../../persistence/random-nonce.js';

/** How much of a message one frame holds at most: what is decrypted at once, and lost at once. */
export const FRAME_CONTENT = 64 * 1024;
/** A receipt names at most some dozens of recipients. */
const MAX_PAYLOAD = 1024 * 1024;
const ID_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ID_AT = 4;
const KIND_AT = ID_AT + ID_BYTES;
const INDEX_AT = KIND_AT + 1;
const NONCE_AT = INDEX_AT + 4;
/** Length of the payload, id of the message, kind, index, nonce. */
export const FRAME_HEADER = NONCE_AT + NONCE_BYTES;

export const frameKinds = { content: 1, receipt: 2 } as const;

/** A piece of a message in a segment. */
export interface FrameHead {
  /** 32 hex digits. */
  id: string;
  /** `content` frames hold the message, the `receipt` frame closes it. */
  kind: (typeof frameKinds)[keyof typeof frameKinds];
  /** Place among the message's frames, from 0: that of the receipt is the number of content frames. */
  index: number;
}

/**
 * AES-256-GCM; the head is authenticated with it, so no frame passes for another one.
 * @param plain in pieces that follow one another.
 * @returns pieces that are to be written one after the other.
 */
export function sealFrame({ id, kind, index }: FrameHead, plain: readonly Buffer[], key: Buffer): Buffer[] {
  const length = plain.reduce((sum, piece) => sum + piece.length, 0);
  const head = Buffer.allocUnsafe(FRAME_HEADER);
  head.writeUInt32BE(length + TAG_BYTES, 0);
  head.write(id, ID_AT, 'hex');
  head.writeUInt8(kind, KIND_AT);
  head.writeUInt32BE(index, INDEX_AT);
  const nonce = randomNonce();
  nonce.copy(head, NONCE_AT);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(head.subarray(0, NONCE_AT));
  const sealed = plain.map((piece) => cipher.update(piece));
  // Of GCM the last piece is always empty; it is what makes the tag.
  cipher.final();
  return [head, ...sealed, cipher.getAuthTag()];
}

/** What a header says; `undefined` where it can be none, as behind the end of what was written before a crash. */
export function readFrameHead(header: Buffer): (FrameHead & { payload: number }) | undefined {
  if (header.length < FRAME_HEADER) return undefined;
  const payload = header.readUInt32BE(0);
  const kind = header.readUInt8(KIND_AT);
  if (payload < TAG_BYTES || payload > MAX_PAYLOAD + TAG_BYTES) return undefined;
  if (kind !== frameKinds.content && kind !== frameKinds.receipt) return undefined;
  const id = header.toString('hex', ID_AT, KIND_AT);
  return { id, kind, index: header.readUInt32BE(INDEX_AT), payload };
}

/** @throws where a bit was changed. */
export function openFrame(frame: Buffer, key: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, frame.subarray(NONCE_AT, FRAME_HEADER))
    .setAAD(frame.subarray(0, NONCE_AT))
    .setAuthTag(frame.subarray(-TAG_BYTES));
  // Of GCM the last piece is always empty; it is what checks the tag.
  const plain = decipher.update(frame.subarray(FRAME_HEADER, -TAG_BYTES));
  decipher.final();
  return plain;
}
