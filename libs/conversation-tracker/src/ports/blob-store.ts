/** Keeps bodies and raw messages, encrypted by the caller, outside the database. */
export interface BlobStore {
  /** Durable when it resolves. The same key may be written again with the same bytes. */
  put(key: string, bytes: Buffer): Promise<void>;
  /** `undefined` when there is none. */
  get(key: string): Promise<Buffer | undefined>;
  delete(key: string): Promise<void>;
}

export const BLOB_STORE = Symbol.for('nestjs-conversation-tracker/blob-store');
