import { createHash } from 'node:crypto';
import { decrypt, encrypt } from '../../persistence/cipher.js';
import { type KeyRing } from '../../persistence/key-ring.js';
import { type BlobStore } from '../../ports/blob-store.js';

const context = (storeId: string, key: string) => `raw:${storeId}:${key}`;

/** Where a delivery's message lies: one folder a store, below it one for every five hours or so, as the bodies have it. */
export function rawKeyOf(storeId: string, deliveryId: string): string {
  const store = createHash('sha256').update(storeId).digest('hex').slice(0, 32);
  return `${store}/${deliveryId.slice(0, 6)}/${deliveryId}`;
}

/** Finished messages in the blob store, encrypted and bound to their store. */
export class RawMessages {
  constructor(
    private readonly blobs: BlobStore,
    private readonly keys: KeyRing,
  ) {}

  /** Durable when it resolves. */
  async put(storeId: string, key: string, raw: Buffer): Promise<void> {
    await this.blobs.put(key, Buffer.from(encrypt(raw, this.keys.encryption.current, context(storeId, key))));
  }

  async get(storeId: string, key: string): Promise<Buffer | undefined> {
    const sealed = await this.blobs.get(key);
    return sealed && decrypt(sealed.toString(), (id) => this.keys.encryption.byId(id), context(storeId, key));
  }
}
