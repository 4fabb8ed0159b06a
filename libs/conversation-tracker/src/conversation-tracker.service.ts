import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { EventLog } from './events/event-log.js';
import { EventWorker } from './events/event-worker.js';
import { parseOrderEvent } from './parse-order-event.js';
import { TrackerDatabase } from './persistence/tracker-database.js';
import { type OrderEvent } from './ports/order-events.js';
import { TRACKER_OPTIONS, type TrackerOptions } from './ports/tracker-options.js';

/**
 * How a host tells the tracker what happens to its orders.
 * @example
 * await dataSource.transaction(async (manager) => {
 *   await manager.save(order);
 *   await tracker.publish({ step: 'shipped', orderId: order.id, occurrence: parcel.id }, manager);
 * });
 */
@Injectable()
export class ConversationTracker {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly log: EventLog,
    private readonly worker: EventWorker,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /**
   * Says that an order took a step. What this resolved with is never lost, and the same step and occurrence of an order
   * said again changes nothing: the customer gets one mail.
   * @param manager of the host's own open transaction: the event is then part of it and stands or falls with its commit.
   * Needed wherever such a transaction is open, since on SQLite a second writer would wait for its end. A manager without
   * an open transaction counts as none.
   * @throws TrackerError `invalid-input`, naming the field.
   */
  async publish(event: OrderEvent, manager?: EntityManager): Promise<void> {
    const { step, orderId, storeId = this.options.defaultStoreId, occurrence, data } = parseOrderEvent(event);
    const append = async (transaction: EntityManager) => {
      const fact = { step, occurrence, data };
      await this.log.append(transaction, 'order.step', { storeId, orderId }, fact, `${step}:${occurrence}`);
    };
    if (manager?.queryRunner?.isTransactionActive) return append(manager);
    await this.database.transaction(append);
    this.worker.wake();
  }
}
