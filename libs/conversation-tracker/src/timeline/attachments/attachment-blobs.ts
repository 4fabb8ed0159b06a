import { createHmac, type Hmac } from 'node:crypto';
import { pipeline, Readable, Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { openStream, sealStream } from '../../persistence/chunk-cipher.js';
import { type KeyRing } from '../../persistence/key-ring.js';
import { type StoreKeys } from '../../persistence/store-keys.js';
import { type BlobStore } from '../../ports/blob-store.js';

/** What the bytes of an attachment are known by. */
export interface BlobPrint {
  /** Lower-case hex. */
  blobHash: string;
  size: number;
}

const context = (storeId: string, key: string) => `attachment:${storeId}:${key}`;

/** Attachments in the blob store, encrypted and bound to their store and key. */
export class AttachmentBlobs {
  constructor(
    private readonly blobs: BlobStore,
    private readonly keys: KeyRing,
    private readonly storeKeys: StoreKeys,
  ) {}

  printOf(storeId: string, bytes: Buffer): BlobPrint {
    return { blobHash: this.hmac(storeId).update(bytes).digest('hex'), size: bytes.length };
  }

  /** Durable when it resolves. Bytes that fail on their way leave no blob. */
  async put(storeId: string, key: string, bytes: Readable): Promise<BlobPrint> {
    const storeKey = await this.storeKeys.of(storeId);
    const hmac = this.hmac(storeId);
    let size = 0;
    const meter = new Transform({
      transform: (chunk: Buffer, _, done) => {
        hmac.update(chunk);
        size += chunk.length;
        done(null, chunk);
      },
    });
    const sealer = sealStream(storeKey.current, context(storeId, key));
    // An error on the way reaches whoever reads the last of them.
    const sealed = pipeline(bytes, meter, sealer, () => undefined);
    try {
      await this.write(key, sealed);
    } finally {
      sealed.destroy();
    }
    return { blobHash: hmac.digest('hex'), size };
  }

  /** The stream fails where the blob was changed. `undefined` when the BlobStore has lost it. */
  async get(storeId: string, key: string): Promise<Readable | undefined> {
    const sealed = this.blobs.getStream ? await this.blobs.getStream(key) : await this.blobs.get(key);
    if (!sealed) return undefined;
    const storeKey = await this.storeKeys.of(storeId);
    const source = sealed instanceof Readable ? sealed : Readable.from([sealed]);
    const opener = openStream((id) => storeKey.byId(id), context(storeId, key));
    return pipeline(source, opener, () => undefined);
  }

  /** Brings a blob under the current key of its store. @returns whether there was one. */
  async reseal(storeId: string, key: string): Promise<boolean> {
    const plain = await this.get(storeId, key);
    if (!plain) return false;
    const storeKey = await this.storeKeys.of(storeId);
    const sealed = pipeline(plain, sealStream(storeKey.current, context(storeId, key)), () => undefined);
    try {
      await this.write(key, sealed);
    } finally {
      sealed.destroy();
    }
    return true;
  }

  delete(key: string): Promise<void> {
    return this.blobs.delete(key);
  }

  private async write(key: string, sealed: Readable): Promise<void> {
    if (this.blobs.putStream) await this.blobs.putStream(key, sealed);
    else await this.blobs.put(key, await buffer(sealed));
  }

  private hmac(storeId: string): Hmac {
    return createHmac('sha256', this.keys.index.current.key).update(`${JSON.stringify(['attachment', storeId])}\0`);
  }
}
