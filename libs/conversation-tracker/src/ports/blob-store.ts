import { type Readable } from 'node:stream';

/** Keeps attachments, and bodies and raw messages that are no rows, encrypted by the caller, outside the database. */
export interface BlobStore {
  /** Durable when it resolves. The same key may be written again with the same bytes. */
  put(key: string, bytes: Buffer): Promise<void>;
  /** `undefined` when there is none. */
  get(key: string): Promise<Buffer | undefined>;
  /**
   * Set where nobody else reads the octets that `get` hands over: a large message is then decrypted where it stands instead of
   * into as much memory again. @default they may be shared
   */
  readonly givesAway?: boolean;
  delete(key: string): Promise<void>;
  /**
   * Like `put`, in bounded memory. Where the stream fails it rejects, and `get` finds nothing under that key. Left out by a
   * store that cannot: attachments are then held in memory on their way.
   */
  putStream?(key: string, bytes: Readable): Promise<void>;
  /** Like `get`, in bounded memory. Left out with `putStream`. */
  getStream?(key: string): Promise<Readable | undefined>;
  /** Octets of a blob; `undefined` when there is none. Left out by a store that cannot tell: large mail is sent from memory then. */
  sizeOf?(key: string): Promise<number | undefined>;
}

export const BLOB_STORE = Symbol.for('nestjs-conversation-tracker/blob-store');
