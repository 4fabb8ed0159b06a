import { Inject, Injectable } from '@nestjs/common';
import { Between, In, LessThan, MoreThan } from 'typeorm';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { ORDER_SOURCE, type OrderRef, type OrderSource } from '../../ports/order-source.js';
import { Message } from '../message.entity.js';
import { requireOrder } from '../require-order.js';
import { cutPage, type PageQuery, readPageQuery } from '../timeline-query.js';
import { type TimelineEntryView } from '../timeline-view.js';
import { TimelineService } from '../timeline.service.js';
import { OrderActivity } from './order-activity.entity.js';
import { orderSearchKey } from './order-search-key.js';

/** An order on whose timeline something stands. */
export interface ListedOrder {
  orderId: string;
  /** Left out where it cannot be shown any more. */
  lastEntry?: TimelineEntryView;
  /** How many messages it has. */
  messages: number;
  /** How many of them wait for somebody's word. */
  held: number;
  /** How many came in since somebody of the store read the order. */
  unread: number;
}

export interface OrderPage {
  /** In the order that was asked for. */
  orders: ListedOrder[];
  /** Where the next page begins; left out on the last one. */
  nextCursor?: string;
}

type MessageCounts = Pick<ListedOrder, 'messages' | 'held' | 'unread'>;

const none: MessageCounts = { messages: 0, held: 0, unread: 0 };

/** The orders of a store that have a timeline, as they are told of in lists. */
@Injectable()
export class OrderList {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly timeline: TimelineService,
    @Inject(ORDER_SOURCE) private readonly orders: OrderSource,
  ) {}

  /**
   * By their last entry, the newest first unless `order` says otherwise. The host is not asked whether it still knows each
   * of them.
   * @throws TrackerError `invalid-input` for a query that names no page.
   */
  async list(storeId: string, query: PageQuery = {}): Promise<OrderPage> {
    const { after, limit, newestFirst } = readPageQuery(query, 'desc');
    // No id begins with a letter behind f.
    const lastEntryId = newestFirst ? LessThan(after || 'g') : MoreThan(after);
    const rows = await this.database.manager.find(OrderActivity, {
      where: { storeId, lastEntryId },
      order: { lastEntryId: newestFirst ? 'DESC' : 'ASC' },
      take: limit + 1,
    });
    const { page, nextCursor } = cutPage(rows, limit, (row) => row.lastEntryId);
    return { orders: await this.describe(storeId, page), nextCursor };
  }

  /** Those of the named orders that have a timeline, the newest last entry first. */
  async named(storeId: string, orderIds: readonly string[]): Promise<ListedOrder[]> {
    if (orderIds.length === 0) return [];
    const orderId = In([...orderIds]);
    const rows = await this.database.manager.find(OrderActivity, {
      where: { storeId, orderId },
      order: { lastEntryId: 'DESC' },
    });
    return this.describe(storeId, rows);
  }

  /** Orders whose id begins with `text`, whatever its case, by their id. */
  async beginning(storeId: string, text: string, limit: number): Promise<ListedOrder[]> {
    const key = orderSearchKey(text);
    const rows = await this.database.manager.find(OrderActivity, {
      // `g` comes behind every digit of hex.
      where: { storeId, searchKey: Between(key, `${key}g`) },
      order: { searchKey: 'ASC' },
      take: limit,
    });
    const begins = rows.filter(({ orderId }) => orderId.toLowerCase().startsWith(text.toLowerCase()));
    return this.describe(storeId, begins);
  }

  /**
   * Says that somebody of the store has read the order, so that nothing of it is unread.
   * @param upTo the last entry that was seen; what came after it stays unread. Default: the newest one.
   * @throws TrackerError `order-not-found`.
   */
  async markRead(order: OrderRef, upTo?: string): Promise<void> {
    await requireOrder(this.orders, order);
    const { storeId, orderId } = order;
    await this.database.transaction(async (manager) => {
      const row = await manager.findOneBy(OrderActivity, { storeId, orderId });
      if (!row) return;
      const readUpTo = upTo === undefined || upTo > row.lastEntryId ? row.lastEntryId : upTo;
      if ((row.readUpTo ?? '') < readUpTo) await manager.update(OrderActivity, { storeId, orderId }, { readUpTo });
    });
  }

  private async describe(storeId: string, rows: readonly OrderActivity[]): Promise<ListedOrder[]> {
    const counts = await this.count(
      storeId,
      rows.map(({ orderId }) => orderId),
    );
    const entries = await this.timeline.entries(
      storeId,
      rows.map(({ lastEntryId }) => lastEntryId),
    );
    return rows.map(({ orderId, lastEntryId }) => ({
      orderId,
      lastEntry: entries.get(lastEntryId),
      ...(counts.get(orderId) ?? none),
    }));
  }

  /** One query, of the messages of these orders alone. */
  private async count(storeId: string, orderIds: readonly string[]): Promise<Map<string, MessageCounts>> {
    if (orderIds.length === 0) return new Map();
    const { manager } = this.database;
    const rows = await manager
      .createQueryBuilder(Message, 'message')
      .innerJoin(OrderActivity, 'activity', 'activity.storeId = message.storeId AND activity.orderId = message.orderId')
      .select('message.orderId', 'orderId')
      .addSelect('COUNT(*)', 'messages')
      .addSelect(`SUM(CASE WHEN message.disposition = 'held' THEN 1 ELSE 0 END)`, 'held')
      .addSelect(
        `SUM(CASE WHEN message.direction = 'in' AND message.id > COALESCE(activity.readUpTo, '') THEN 1 ELSE 0 END)`,
        'unread',
      )
      .where('message.storeId = :storeId AND message.orderId IN (:...orderIds)', { storeId, orderIds: [...orderIds] })
      .groupBy('message.orderId')
      .getRawMany<Record<keyof MessageCounts | 'orderId', string>>();
    return new Map(
      rows.map(({ orderId, messages, held, unread: open }) => [
        orderId,
        { messages: Number(messages), held: Number(held), unread: Number(open) },
      ]),
    );
  }
}
