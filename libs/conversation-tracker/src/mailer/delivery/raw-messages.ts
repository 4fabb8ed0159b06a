import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type StoreKeys } from '../../persistence/store-keys.js';
import { type BlobStore } from '../../ports/blob-store.js';

/** Up to here a copy of the octets costs less than a stream of them. */
const SMALL = 256 * 1024;

const context = (storeId: string, key: string) => `raw:${storeId}:${key}`;

/** Where a delivery's message lies: one folder a store, below it one for every five hours or so, as the bodies have it. */
export function rawKeyOf(storeId: string, deliveryId: string): string {
  const store = createHash('sha256').update(storeId).digest('hex').slice(0, 32);
  return `${store}/${deliveryId.slice(0, 6)}/${deliveryId}`;
}

/** Finished messages in the blob store, encrypted with the key of their store and bound to it. */
export class RawMessages {
  constructor(
    private readonly blobs: BlobStore,
    private readonly storeKeys: StoreKeys,
  ) {}

  /** Durable when it resolves. */
  async put(storeId: string, key: string, raw: Buffer): Promise<void> {
    const storeKey = await this.storeKeys.of(storeId);
    await this.write(key, storeKey.sealBytes(raw, context(storeId, key)));
  }

  /** Brings a message under the current key of its store. */
  async reseal(storeId: string, key: string): Promise<void> {
    const storeKey = await this.storeKeys.of(storeId);
    const sealed = await this.blobs.get(key);
    const again = sealed && storeKey.resealBytes(sealed, context(storeId, key));
    if (again) await this.write(key, again);
  }

  async delete(key: string): Promise<void> {
    await this.blobs.delete(key);
  }

  async get(storeId: string, key: string): Promise<Buffer | undefined> {
    const sealed = await this.blobs.get(key);
    const storeKey = await this.storeKeys.of(storeId);
    return sealed && storeKey.openBytes(sealed, context(storeId, key));
  }

  private async write(key: string, pieces: readonly Buffer[]): Promise<void> {
    const octets = pieces.reduce((sum, { length }) => sum + length, 0);
    if (this.blobs.putStream && octets > SMALL) await this.blobs.putStream(key, Readable.from(pieces));
    else await this.blobs.put(key, Buffer.concat(pieces));
  }
}
