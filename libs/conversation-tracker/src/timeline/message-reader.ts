import { Injectable } from '@nestjs/common';
import { In, MoreThan } from 'typeorm';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type OrderRef } from '../ports/order-source.js';
import { type MessageHead } from './message-head.js';
import { MessageVault } from './message-vault.js';
import { Message } from './message.entity.js';
import { type PageRange } from './timeline-query.js';
import { TimelineRecipientState } from './timeline-recipient-state.entity.js';

export interface StoredMessage {
  row: Message;
  head: MessageHead;
  /** By delivery id. */
  states: ReadonlyMap<string, TimelineRecipientState>;
}

/** Reads messages with their heads open and the states of their recipients, in two queries however many they are. */
@Injectable()
export class MessageReader {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly vault: MessageVault,
  ) {}

  /** Oldest first; all of them where no range is given. */
  async ofOrder({ storeId, orderId }: OrderRef, range?: PageRange): Promise<StoredMessage[]> {
    const where = { storeId, orderId, id: MoreThan(range?.after ?? '') };
    return this.open(await this.database.manager.find(Message, { where, order: { id: 'ASC' }, take: range?.limit }));
  }

  async byIds(storeId: string, ids: readonly string[]): Promise<StoredMessage[]> {
    if (ids.length === 0) return [];
    return this.open(await this.database.manager.findBy(Message, { storeId, id: In([...ids]) }));
  }

  /** Those of an order that one of the row ids or one of our Message-IDs names; without the states of their recipients. */
  async named(
    { storeId, orderId }: OrderRef,
    { ids, messageIds }: { ids: readonly string[]; messageIds: readonly string[] },
  ): Promise<Pick<StoredMessage, 'row' | 'head'>[]> {
    const named = [
      ...(ids.length === 0 ? [] : [{ storeId, orderId, id: In([...ids]) }]),
      ...(messageIds.length === 0 ? [] : [{ storeId, orderId, internetMessageId: In([...messageIds]) }]),
    ];
    if (named.length === 0) return [];
    const rows = await this.database.manager.find(Message, { where: named, order: { id: 'ASC' } });
    return rows.map((row) => ({ row, head: this.vault.openHead(row) }));
  }

  private async open(rows: Message[]): Promise<StoredMessage[]> {
    if (rows.length === 0) return [];
    const messageId = In(rows.map(({ id }) => id));
    const states = await this.database.manager.findBy(TimelineRecipientState, { messageId });
    const byDelivery = new Map(states.map((state) => [state.deliveryId, state]));
    return rows.map((row) => ({ row, head: this.vault.openHead(row), states: byDelivery }));
  }
}
