import { createHash } from 'node:crypto';
import { pipeline, type Readable } from 'node:stream';
import { type StoreKeys } from '../../persistence/store-keys.js';
import { type MessageBlobs, type StagedBlob } from '../../timeline/message-blobs.js';
import { FreshCopies } from './fresh-copies.js';

/** Up to here a copy of the octets costs less than a stream of them. */
const SMALL = 256 * 1024;
/** From here on one is sent without being in memory as a whole. */
const LARGE = 1024 * 1024;

const context = (storeId: string, key: string) => `raw:${storeId}:${key}`;

/** Where a delivery's message lies: one folder a store, below it one for every five hours or so, as the bodies have it. */
export function rawKeyOf(storeId: string, deliveryId: string): string {
  const store = createHash('sha256').update(storeId).digest('hex').slice(0, 32);
  return `${store}/${deliveryId.slice(0, 6)}/${deliveryId}`;
}

/** Whole messages, encrypted with the key of their store and bound to it. */
export class RawMessages {
  private readonly fresh = new FreshCopies();

  constructor(
    private readonly blobs: Pick<MessageBlobs, 'stage' | 'write' | 'get' | 'open' | 'givesAway' | 'change' | 'delete'>,
    private readonly storeKeys: StoreKeys,
  ) {}

  /**
   * Durable when it resolves, but for what it returns: that is to be written with the rows that name it, see `writeBlobs`.
   * @param raw as a whole or in pieces that follow one another.
   */
  async stage(storeId: string, key: string, raw: Buffer | readonly Buffer[]): Promise<StagedBlob | undefined> {
    const storeKey = await this.storeKeys.of(storeId);
    const pieces = Buffer.isBuffer(raw) ? [raw] : raw;
    if (lengthOf(pieces) > SMALL) return this.blobs.write(key, storeKey.sealPieces(pieces, context(storeId, key)));
    const whole = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    return this.blobs.stage(key, storeKey.sealBytes(whole, context(storeId, key)));
  }

  /** Like {@link stage}, for a message that is sent as soon as the rows that name it are committed. */
  async stageToSend(storeId: string, key: string, raw: Buffer | readonly Buffer[]): Promise<StagedBlob | undefined> {
    const pieces = Buffer.isBuffer(raw) ? [raw] : raw;
    if (lengthOf(pieces) > SMALL) return this.stage(storeId, key, pieces);
    const whole = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    const staged = await this.stage(storeId, key, whole);
    this.fresh.keep(key, whole);
    return staged;
  }

  /** Brings a message under the current key of its store. */
  async reseal(storeId: string, key: string): Promise<void> {
    const storeKey = await this.storeKeys.of(storeId);
    await this.blobs.change(key, (sealed) => storeKey.resealBytes(sealed, context(storeId, key)));
  }

  /** Not within a transaction. */
  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.fresh.forget(key);
    await this.blobs.delete(keys);
  }

  /** Like {@link get}, from memory where it was finished just now. */
  async getToSend(storeId: string, key: string): Promise<Buffer | undefined> {
    return this.fresh.take(key) ?? this.get(storeId, key);
  }

  async get(storeId: string, key: string): Promise<Buffer | undefined> {
    return this.whole(storeId, key, await this.blobs.get(key));
  }

  /**
   * As {@link getToSend}; a large one as a stream of it, from the start each time, where the blob store can do that. The stream
   * fails where the message was changed.
   */
  async openToSend(storeId: string, key: string): Promise<Buffer | (() => Promise<Readable>) | undefined> {
    const fresh = this.fresh.take(key);
    if (fresh) return fresh;
    const sealed = await this.blobs.open(key, LARGE);
    if (typeof sealed !== 'function') return this.whole(storeId, key, sealed);
    const storeKey = await this.storeKeys.of(storeId);
    const opening = storeKey.openingOf(await headOf(await sealed()), context(storeId, key));
    if (!opening) return this.get(storeId, key);
    return async () => {
      const octets = await sealed();
      if (!octets) throw new Error('the stored message is gone');
      return pipeline(octets, opening(), () => undefined);
    };
  }

  private async whole(storeId: string, key: string, sealed: Buffer | undefined): Promise<Buffer | undefined> {
    const storeKey = await this.storeKeys.of(storeId);
    return sealed && storeKey.openBytes(sealed, context(storeId, key), this.blobs.givesAway && sealed.length > SMALL);
  }
}

async function headOf(octets: Readable | undefined): Promise<Buffer> {
  for await (const chunk of octets ?? []) return chunk as Buffer;
  return Buffer.alloc(0);
}

function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
