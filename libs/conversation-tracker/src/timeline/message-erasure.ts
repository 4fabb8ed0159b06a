import { Inject, Injectable } from '@nestjs/common';
import { type FindOptionsWhere, In, MoreThan, Raw } from 'typeorm';
import { type Clock } from '../kernel/clock.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type OrderRef } from '../ports/order-source.js';
import { CLOCK } from '../ports/tracker-options.js';
import { AttachmentStore } from './attachments/attachment-store.js';
import { MessageBlobs } from './message-blobs.js';
import { type MessageHead, type MessageParty } from './message-head.js';
import { MessageVault } from './message-vault.js';
import { Message } from './message.entity.js';
import { TimelineRecipientState } from './timeline-recipient-state.entity.js';

/** A message with what tells whose it is. */
export interface ErasableMessage {
  row: Message;
  head: MessageHead;
}

/**
 * Forgets what messages say. The message stays as a tombstone: when it came, in which direction, from and to whom by ids, and
 * how far it got.
 */
@Injectable()
export class MessageErasure {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly vault: MessageVault,
    private readonly attachments: AttachmentStore,
    private readonly blobs: MessageBlobs,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Messages of an order by their ids, with their heads open. */
  ofOrder({ storeId, orderId }: OrderRef, after: string, limit: number): Promise<ErasableMessage[]> {
    return this.find({ storeId, orderId, id: MoreThan(after) }, limit);
  }

  /** Messages of a store that certain senders wrote, whatever the order. */
  ofSenders(storeId: string, senderIndexes: string[], after: string, limit: number): Promise<ErasableMessage[]> {
    // The text of the column, not the column: SQLite would look through all that the store has, whose order it likes.
    const ofStore = Raw((column) => `${column} || '' = :storeId`, { storeId });
    return this.find({ storeId: ofStore, senderIndex: In(senderIndexes), id: MoreThan(after) }, limit);
  }

  /** The ids of a store's orders that have messages, in their order. */
  async orderIds(storeId: string, after: string, limit: number): Promise<string[]> {
    const rows = await this.database.manager
      .createQueryBuilder(Message, 'm')
      .select('m.orderId', 'orderId')
      .where('m.storeId = :storeId AND m.orderId > :after', { storeId, after })
      .groupBy('m.orderId')
      .orderBy('m.orderId', 'ASC')
      .limit(limit)
      .getRawMany<{ orderId: string }>();
    return rows.map(({ orderId }) => orderId);
  }

  /** Blobs first: what a crash leaves undone is found again by the row. */
  async erase({ row, head }: ErasableMessage): Promise<{ messages: number; attachments: number; rawMessages: number }> {
    const { id, storeId, bodyKey, rawKey } = row;
    const attachments = await this.attachments.erase({ id, storeId });
    await this.blobs.delete(rawKey === null ? [bodyKey] : [bodyKey, rawKey]);
    if (head.erased) return { messages: 0, attachments, rawMessages: 0 };
    const sealedHead = await this.vault.sealHead(row, tombstoneOf(head));
    const disposition = row.disposition === 'held' ? 'discarded' : row.disposition;
    await this.database.transaction(async (manager) => {
      await manager.update(Message, { id, storeId }, { sealedHead, disposition, rawKey: null, senderIndex: null });
      const waiting = { messageId: id, state: In(['queued', 'deferred', 'held'] as const) };
      const at = this.clock.now();
      await manager.update(TimelineRecipientState, waiting, { state: 'discarded', updatedAt: at });
      await manager.update(TimelineRecipientState, { messageId: id }, { diagnostic: null });
    });
    return { messages: 1, attachments, rawMessages: rawKey === null ? 0 : 1 };
  }

  private async find(where: FindOptionsWhere<Message>, take: number): Promise<ErasableMessage[]> {
    const rows = await this.database.manager.find(Message, { where, order: { id: 'ASC' }, take });
    return Promise.all(rows.map(async (row) => ({ row, head: await this.vault.openHead(row) })));
  }
}

function tombstoneOf({ from, recipients }: MessageHead): MessageHead {
  const nameless = <T extends MessageParty>(party: T): T => ({ ...party, name: undefined });
  return {
    subject: '',
    firstWords: '',
    from: nameless(from),
    recipients: recipients.map(nameless),
    erased: true,
  };
}
