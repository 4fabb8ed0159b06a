import { Inject, Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { eachAtOnce } from '../../kernel/each-at-once.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { StoreKeys } from '../../persistence/store-keys.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { BLOB_STORE, type BlobStore } from '../../ports/blob-store.js';
import { AttachmentBlobs } from './attachment-blobs.js';
import { Attachment } from './attachment.entity.js';

/** Streams, each of which waits for the disk. */
const AT_ONCE = 4;

/** Brings files under the current key of their store. */
@Injectable()
export class AttachmentResealing {
  private readonly blobs: AttachmentBlobs;

  constructor(
    private readonly database: TrackerDatabase,
    keys: KeyRing,
    storeKeys: StoreKeys,
    @Inject(BLOB_STORE) blobs: BlobStore,
  ) {
    this.blobs = new AttachmentBlobs(blobs, keys, storeKeys);
  }

  /** @returns the ids of the rows behind `after` that it has been through, at most `limit`. */
  async reseal(storeId: string, after: string, limit: number): Promise<string[]> {
    const where = { storeId, id: MoreThan(after) };
    const rows = await this.database.manager.find(Attachment, { where, order: { id: 'ASC' }, take: limit });
    const hashes = new Map(rows.map(({ blobKey, blobHash }) => [blobKey, blobHash]));
    await eachAtOnce(hashes, AT_ONCE, ([blobKey, blobHash]) => this.resealOne(storeId, blobKey, blobHash));
    return rows.map(({ id }) => id);
  }

  private async resealOne(storeId: string, blobKey: string, blobHash: string): Promise<void> {
    if (!(await this.blobs.reseal(storeId, blobKey))) return;
    await this.database.transaction(async (manager) => {
      // Whoever erased it meanwhile is waited for: the bytes must not be back then.
      await this.database.lockRows(manager, Attachment, { storeId, blobHash });
      if (!(await manager.existsBy(Attachment, { storeId, blobKey }))) await this.blobs.delete(blobKey);
    });
  }
}
