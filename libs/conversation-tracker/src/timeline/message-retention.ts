import { Injectable } from '@nestjs/common';
import { And, In, LessThan, MoreThan } from 'typeorm';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { AttachmentStore } from './attachments/attachment-store.js';
import { type ErasableMessage, MessageErasure } from './message-erasure.js';
import { MessageBlobs } from './message-blobs.js';
import { MessageVault } from './message-vault.js';
import { Message } from './message.entity.js';
import { Note } from './notes/note.entity.js';
import { TimelineEntry } from './timeline-entry.entity.js';
import { TimelineRecipientState } from './timeline-recipient-state.entity.js';

/** Rows by their ids, which sort by time. */
export interface AgeRange {
  storeId: string;
  after: string;
  before: string;
  limit: number;
}

/** Takes from a store's timeline what is too old. Done again, it changes nothing more. */
@Injectable()
export class MessageRetention {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly vault: MessageVault,
    private readonly attachments: AttachmentStore,
    private readonly erasure: MessageErasure,
    private readonly blobs: MessageBlobs,
  ) {}

  async dropBodies(range: AgeRange): Promise<string[]> {
    const rows = await this.rows(range);
    await this.blobs.delete(rows.map(({ bodyKey }) => bodyKey));
    for (const row of rows) {
      const head = await this.vault.openHead(row);
      if (head.firstWords === '') continue;
      const sealedHead = await this.vault.sealHead(row, { ...head, firstWords: '' });
      const asRead = { id: row.id, sealedHead: row.sealedHead };
      await this.database.transaction((manager) => manager.update(Message, asRead, { sealedHead }));
    }
    return rows.map(({ id }) => id);
  }

  /** As they came in; whoever sends them has the copies. */
  async dropRawMessages(range: AgeRange): Promise<string[]> {
    const rows = await this.rows(range);
    await this.blobs.delete(rows.flatMap(({ rawKey }) => rawKey ?? []));
    const ids = rows.map(({ id }) => id);
    await this.database.transaction((manager) => manager.update(Message, { id: In(ids) }, { rawKey: null }));
    return ids;
  }

  async dropAttachments(range: AgeRange): Promise<string[]> {
    const rows = await this.rows(range);
    for (const { id, storeId, hasAttachment } of rows) {
      if (hasAttachment) await this.attachments.erase({ id, storeId });
    }
    return rows.map(({ id }) => id);
  }

  /** Whole messages. @param forget takes them out of the mail before. */
  async dropMessages(range: AgeRange, forget: (message: ErasableMessage) => Promise<unknown>): Promise<string[]> {
    const rows = await this.rows(range);
    for (const row of rows) {
      const message = { row, head: await this.vault.openHead(row) };
      await forget(message);
      await this.erasure.erase(message);
    }
    const ids = rows.map(({ id }) => id);
    await this.database.transaction(async (manager) => {
      await manager.delete(TimelineRecipientState, { messageId: In(ids) });
      await manager.delete(Message, { id: In(ids) });
    });
    return ids;
  }

  async dropEntries({ storeId, after, before, limit }: AgeRange): Promise<string[]> {
    return this.database.transaction(async (manager) => {
      const rows = await manager.find(TimelineEntry, {
        select: { id: true },
        where: { storeId, id: And(MoreThan(after), LessThan(before)) },
        order: { id: 'ASC' },
        take: limit,
      });
      const ids = rows.map(({ id }) => id);
      await manager.delete(TimelineEntry, { id: In(ids) });
      // A note has the id of its entry.
      await manager.delete(Note, { id: In(ids) });
      return ids;
    });
  }

  private rows({ storeId, after, before, limit }: AgeRange): Promise<Message[]> {
    return this.database.manager.find(Message, {
      where: { storeId, id: And(MoreThan(after), LessThan(before)) },
      order: { id: 'ASC' },
      take: limit,
    });
  }
}
