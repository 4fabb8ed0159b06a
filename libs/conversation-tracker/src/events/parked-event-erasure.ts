import { Injectable } from '@nestjs/common';
import { And, type FindOptionsWhere, In, LessThan, MoreThan } from 'typeorm';
import { firstIdAt } from '../kernel/ids.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type OrderRef } from '../ports/order-source.js';
import { OutboxConsumption } from './outbox-consumption.entity.js';
import { OutboxEvent } from './outbox-event.entity.js';

/** Forgets what the events say on which a consumer gave up; all others erase themselves once consumed. */
@Injectable()
export class ParkedEventErasure {
  constructor(private readonly database: TrackerDatabase) {}

  /**
   * @param before epoch milliseconds: only what was told earlier. @default all
   * @returns how many events of the order it was that nobody works on any more.
   */
  async erase({ storeId, orderId }: OrderRef, before?: number): Promise<number> {
    const told = before === undefined ? {} : { eventId: LessThan(firstIdAt(before)) };
    return (await this.eraseWhere({ storeId, orderId, ...told })).length;
  }

  /** The orders of a store in which a consumer gave up on an event. */
  async orderIds(storeId: string): Promise<string[]> {
    const where = { storeId, state: 'parked' as const };
    const rows = await this.database.manager.find(OutboxConsumption, { select: { orderId: true }, where });
    return [...new Set(rows.map(({ orderId }) => orderId))].filter((orderId) => orderId !== '');
  }

  /** Of a store, those between two ids, which sort by time. @returns which. */
  eraseOld(range: { storeId: string; after: string; before: string; limit: number }): Promise<string[]> {
    const { storeId, after, before, limit } = range;
    return this.eraseWhere({ storeId, eventId: And(MoreThan(after), LessThan(before)) }, limit);
  }

  private eraseWhere(where: FindOptionsWhere<OutboxConsumption>, take?: number): Promise<string[]> {
    return this.database.transaction(async (manager) => {
      const parked = { ...where, state: 'parked' as const };
      const rows = await manager.find(OutboxConsumption, { where: parked, order: { eventId: 'ASC' }, take });
      const ids = [...new Set(rows.map(({ eventId }) => eventId))];
      const waiting = await manager.findBy(OutboxConsumption, { eventId: In(ids), state: 'pending' });
      const pending = new Set(waiting.map(({ eventId }) => eventId));
      const idle = ids.filter((id) => !pending.has(id));
      await manager.update(OutboxEvent, { id: In(idle) }, { payload: null });
      await manager.update(OutboxConsumption, { eventId: In(idle), state: 'parked' }, { state: 'done' });
      return idle;
    });
  }
}
