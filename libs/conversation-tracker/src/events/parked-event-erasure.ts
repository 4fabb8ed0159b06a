import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type OrderRef } from '../ports/order-source.js';
import { OutboxConsumption } from './outbox-consumption.entity.js';
import { OutboxEvent } from './outbox-event.entity.js';

/** Forgets what the events say on which a consumer gave up; all others erase themselves once consumed. */
@Injectable()
export class ParkedEventErasure {
  constructor(private readonly database: TrackerDatabase) {}

  /** @returns how many events of the order it was that nobody works on any more. */
  async erase({ storeId, orderId }: OrderRef): Promise<number> {
    return this.database.transaction(async (manager) => {
      const rows = await manager.findBy(OutboxConsumption, {
        storeId,
        orderId,
        state: In(['parked', 'pending'] as const),
      });
      const pending = new Set(rows.filter(({ state }) => state === 'pending').map(({ eventId }) => eventId));
      const ids = [...new Set(rows.map(({ eventId }) => eventId))].filter((eventId) => !pending.has(eventId));
      if (ids.length === 0) return 0;
      await manager.update(OutboxEvent, { id: In(ids) }, { payload: null });
      await manager.update(OutboxConsumption, { eventId: In(ids), state: 'parked' }, { state: 'done' });
      return ids.length;
    });
  }
}
