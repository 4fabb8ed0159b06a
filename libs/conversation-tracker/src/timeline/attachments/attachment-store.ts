import { Readable } from 'node:stream';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { type EntityManager, In, IsNull, LessThan, MoreThan } from 'typeorm';
import { type Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { StoreKeys } from '../../persistence/store-keys.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { BLOB_STORE, type BlobStore } from '../../ports/blob-store.js';
import { CLOCK } from '../../ports/tracker-options.js';
import { blobKeyOf } from '../blob-key.js';
import { AttachmentBlobs, type BlobPrint } from './attachment-blobs.js';
import { Attachment } from './attachment.entity.js';

/** No message takes so long from its attachments to its record: what is older belongs to one that never came. */
const HOLD_MS = 24 * 3_600_000;
const HOLDS_AT_ONCE = 100;

/** Bytes that lie in the store and are held there until a message that has them is recorded. */
export interface StoredAttachment extends BlobPrint {
  /** Of the row that holds them. */
  holdId: string;
  blobKey: string;
}

/**
 * What a message has. Each of its rows has a path: SQLite takes the index of the message for that, and not the one of all that
 * the store has, between which it sees no difference otherwise.
 */
const recordedOf = (message: { messageId: string; storeId: string }) => ({ ...message, path: MoreThan('') });

/** What a message says of the bytes. */
export interface RecordedAttachment extends StoredAttachment {
  /** As IMAP counts parts: `2`, `1.3`; at most 64 characters. */
  path: string;
  /** Lower-case `type/subtype`; at most 255 characters. */
  type: string;
}

type MessageKey = { id: string; storeId: string };

/**
 * The files that messages hold (R44): the same bytes lie once in a store, encrypted, for as long as a row refers to them.
 * Bytes that arrive twice at the very same moment may lie there twice.
 */
@Injectable()
export class AttachmentStore {
  private readonly logger = new Logger('ConversationTracker');
  private readonly blobs: AttachmentBlobs;

  constructor(
    private readonly database: TrackerDatabase,
    keys: KeyRing,
    storeKeys: StoreKeys,
    @Inject(BLOB_STORE) blobs: BlobStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.blobs = new AttachmentBlobs(blobs, keys, storeKeys);
  }

  /**
   * Stores bytes, durably, before the transaction that records their message; a stream in bounded memory. A message that is then
   * never recorded leaves them held; storing them again finds them.
   */
  async store(storeId: string, bytes: Buffer | Readable): Promise<StoredAttachment> {
    if (Buffer.isBuffer(bytes)) {
      const known = await this.hold(storeId, this.blobs.printOf(storeId, bytes));
      if (known) return known;
    }
    const blobKey = blobKeyOf(storeId, newId(this.clock.now()));
    const print = await this.blobs.put(storeId, blobKey, Buffer.isBuffer(bytes) ? Readable.from([bytes]) : bytes);
    const held = await this.hold(storeId, print, blobKey);
    if (held.blobKey !== blobKey) await this.blobs.delete(blobKey);
    return held;
  }

  /** Says which message has the bytes, in the transaction that records it. */
  async record(
    manager: EntityManager,
    { id: messageId, storeId }: MessageKey,
    attachments: readonly RecordedAttachment[],
  ): Promise<void> {
    for (const { holdId, blobHash, blobKey, size, path, type } of attachments) {
      const held = { id: holdId, storeId, messageId: IsNull() };
      const { affected } = await manager.update(Attachment, held, { messageId, path, type });
      if (affected === 1) continue;
      // Another message has taken the hold: the same mail in another order.
      const createdAt = this.clock.now();
      const row = { id: newId(createdAt), storeId, messageId, path, blobHash, blobKey, type, size, createdAt };
      await manager.insert(Attachment, row);
    }
  }

  /** `undefined` when the message has no such part, or its bytes are lost. The stream fails where they were changed. */
  async read(
    { id: messageId, storeId }: MessageKey,
    path: string,
  ): Promise<{ attachment: Attachment; bytes: Readable } | undefined> {
    const attachment = await this.database.manager.findOneBy(Attachment, { messageId, storeId, path });
    const bytes = attachment && (await this.blobs.get(storeId, attachment.blobKey));
    return bytes ? { attachment, bytes } : undefined;
  }

  /** The bytes of one that no message needs to have yet. @throws Error where the BlobStore has lost them. */
  async open(storeId: string, { blobKey }: StoredAttachment): Promise<Readable> {
    const bytes = await this.blobs.get(storeId, blobKey);
    if (!bytes) throw new Error('the stored file is gone');
    return bytes;
  }

  /** Takes a message's attachments from it. Once that is committed, the bytes that nothing else holds are deleted. */
  async remove(manager: EntityManager, { id: messageId, storeId }: MessageKey): Promise<void> {
    const rows = await manager.findBy(Attachment, recordedOf({ messageId, storeId }));
    const expired = LessThan(this.clock.now() - HOLD_MS);
    for (const { id, blobHash, blobKey } of rows) {
      await this.database.lockRows(manager, Attachment, { storeId, blobHash });
      await manager.delete(Attachment, { storeId, blobHash, messageId: IsNull(), createdAt: expired });
      await manager.delete(Attachment, { id });
      if (await manager.existsBy(Attachment, { storeId, blobHash, blobKey })) continue;
      this.database.onCommit(manager, () => this.drop(blobKey));
    }
  }

  /**
   * Like {@link remove}, for what must be gone. The bytes go before the rows do, while these are held: after a crash in
   * between, the rows still tell of them.
   * @returns how many attachments the message had.
   */
  async erase({ id: messageId, storeId }: MessageKey): Promise<number> {
    if (!(await this.database.manager.existsBy(Attachment, recordedOf({ messageId, storeId })))) return 0;
    return this.database.transaction(async (manager) => {
      const rows = await manager.findBy(Attachment, recordedOf({ messageId, storeId }));
      const expired = LessThan(this.clock.now() - HOLD_MS);
      for (const { id, blobHash, blobKey } of rows) {
        await this.database.lockRows(manager, Attachment, { storeId, blobHash });
        await manager.delete(Attachment, { storeId, blobHash, messageId: IsNull(), createdAt: expired });
        await manager.delete(Attachment, { id });
        if (!(await manager.existsBy(Attachment, { storeId, blobHash, blobKey }))) await this.blobs.delete(blobKey);
      }
      return rows.length;
    });
  }

  /** Lets go of what was held for messages that never came. */
  async dropHolds(storeId: string): Promise<void> {
    const expired = { storeId, messageId: IsNull(), createdAt: LessThan(this.clock.now() - HOLD_MS) };
    for (;;) {
      const holds = await this.database.manager.find(Attachment, { where: expired, take: HOLDS_AT_ONCE });
      for (const hold of holds) await this.dropHold(hold);
      if (holds.length < HOLDS_AT_ONCE) return;
    }
  }

  /** The same at once, for a message that will not come. What a message was recorded with stays. */
  async letGo(storeId: string, stored: readonly StoredAttachment[]): Promise<void> {
    if (stored.length === 0) return;
    const ids = In(stored.map(({ holdId }) => holdId));
    const holds = await this.database.manager.findBy(Attachment, { id: ids, storeId, messageId: IsNull() });
    for (const hold of holds) await this.dropHold(hold);
  }

  private dropHold({ id, storeId, blobHash, blobKey }: Attachment): Promise<void> {
    return this.database.transaction(async (manager) => {
      await this.database.lockRows(manager, Attachment, { storeId, blobHash });
      await manager.delete(Attachment, { id, messageId: IsNull() });
      if (!(await manager.existsBy(Attachment, { storeId, blobHash, blobKey }))) await this.blobs.delete(blobKey);
    });
  }

  private hold(storeId: string, print: BlobPrint, blobKey: string): Promise<StoredAttachment>;
  private hold(storeId: string, print: BlobPrint): Promise<StoredAttachment | undefined>;
  /** Holds bytes that lie in the store already, else those under `blobKey`. */
  private hold(storeId: string, { blobHash, size }: BlobPrint, blobKey?: string) {
    const createdAt = this.clock.now();
    const id = newId(createdAt);
    return this.database.transaction(async (manager): Promise<StoredAttachment | undefined> => {
      // Whoever removes the last reference meanwhile is waited for.
      await this.database.lockRows(manager, Attachment, { storeId, blobHash });
      const known = await manager.findOneBy(Attachment, { storeId, blobHash });
      const key = known?.blobKey ?? blobKey;
      if (key === undefined) return undefined;
      const row = { id, storeId, messageId: null, path: '', blobHash, blobKey: key, type: '', size, createdAt };
      await manager.insert(Attachment, row);
      return { holdId: id, blobHash, blobKey: key, size };
    });
  }

  private drop(blobKey: string): void {
    this.blobs.delete(blobKey).catch((error: unknown) => {
      // Nobody refers to it any more: it takes up room, and no more than that.
      this.logger.error(`blob ${blobKey} was not deleted (${error instanceof Error ? error.name : 'unknown error'})`);
    });
  }
}
