import { Injectable } from '@nestjs/common';
import { In, MoreThan } from 'typeorm';
import { firstIdAt } from '../kernel/ids.js';
import { RowsByKey } from '../persistence/rows-by-key.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type OrderRef } from '../ports/order-source.js';
import { type MessageHead } from './message-head.js';
import { MessageVault } from './message-vault.js';
import { Message } from './message.entity.js';
import { type PageRange, rowsOf } from './timeline-query.js';
import { TimelineRecipientState } from './timeline-recipient-state.entity.js';

/** More than any limit on a sender. */
const MOST_COUNTED = 500;

export interface StoredMessage {
  row: Message;
  head: MessageHead;
  /** By delivery id. */
  states: ReadonlyMap<string, TimelineRecipientState>;
}

/** Reads messages with their heads open and the states of their recipients, in two queries however many they are. */
@Injectable()
export class MessageReader {
  private readonly byFact: RowsByKey<Message>;

  constructor(
    private readonly database: TrackerDatabase,
    private readonly vault: MessageVault,
  ) {
    this.byFact = new RowsByKey(database, Message, 'dedupeKey');
  }

  /** A page and one message more; all of them, oldest first, where no range is given. */
  async ofOrder({ storeId, orderId }: OrderRef, range?: PageRange): Promise<StoredMessage[]> {
    const { manager } = this.database;
    if (!range) return this.open(await manager.find(Message, { where: { storeId, orderId }, order: { id: 'ASC' } }));
    const { id, order, take } = rowsOf(range);
    return this.open(await manager.find(Message, { where: { storeId, orderId, id }, order, take }));
  }

  countOfOrder({ storeId, orderId }: OrderRef): Promise<number> {
    return this.database.manager.countBy(Message, { storeId, orderId });
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
    return Promise.all(rows.map(async (row) => ({ row, head: await this.vault.openHead(row) })));
  }

  /** What waits for somebody's word in a store: a page and one message more. */
  async held(storeId: string, range: PageRange): Promise<StoredMessage[]> {
    const { id, order, take } = rowsOf(range);
    const where = { storeId, disposition: 'held' as const, id };
    return this.open(await this.database.manager.find(Message, { where, order, take }));
  }

  countHeld(storeId: string): Promise<number> {
    return this.database.manager.countBy(Message, { storeId, disposition: 'held' });
  }

  /** The row that stands for a fact, told by its `dedupeKey`. */
  async byDedupeKey(dedupeKey: string): Promise<StoredMessage | undefined> {
    return (await this.open(await this.byFact.find(dedupeKey))).at(0);
  }

  /** In how many orders a sender has written since, where that was held or refused for this reason. */
  async ordersOfSender(senderIndex: string, holdReason: string, since: number): Promise<number> {
    const rows = await this.database.manager.find(Message, {
      select: { id: true, storeId: true, orderId: true },
      where: { senderIndex, holdReason, createdAt: MoreThan(since) },
      take: MOST_COUNTED,
    });
    return new Set(rows.map(({ storeId, orderId }) => `${storeId}\0${orderId}`)).size;
  }

  /** The ids of an order's messages that went on since. */
  async relayedOfOrder({ storeId, orderId }: OrderRef, since: number): Promise<ReadonlySet<string>> {
    const where = { storeId, orderId, disposition: 'relayed' as const, id: MoreThan(firstIdAt(since)) };
    const rows = await this.database.manager.find(Message, { select: { id: true }, where });
    return new Set(rows.map(({ id }) => id));
  }

  /** How many messages of a store, or of one of its orders, went on since. */
  countRelayed({ storeId, orderId }: { storeId: string; orderId?: string }, since: number): Promise<number> {
    const where = { storeId, disposition: 'relayed' as const, id: MoreThan(firstIdAt(since)) };
    return this.database.manager.countBy(Message, orderId === undefined ? where : { ...where, orderId });
  }

  private async open(rows: Message[]): Promise<StoredMessage[]> {
    if (rows.length === 0) return [];
    const messageId = In(rows.map(({ id }) => id));
    const states = await this.database.manager.findBy(TimelineRecipientState, { messageId });
    const byDelivery = new Map(states.map((state) => [state.deliveryId, state]));
    return Promise.all(rows.map(async (row) => ({ row, head: await this.vault.openHead(row), states: byDelivery })));
  }
}
