import { Inject, Injectable } from '@nestjs/common';
import { EventLog } from '../../events/event-log.js';
import { EventWorker } from '../../events/event-worker.js';
import { type OrderScope } from '../../message/order-text/order-scope.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { scopeOfNobody } from '../../ports/scope-of-nobody.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../../ports/tracker-options.js';
import { anyOrders, maskOrders, type OrdersText } from '../orders-text.js';

/** Who is shown real addresses, and where. */
export interface Viewing {
  storeId: string;
  route: string;
  actor: string;
}

/** Puts on record that somebody is about to see real addresses. */
@Injectable()
export class RevealRecord {
  private readonly nobody: OrderScope;

  constructor(
    private readonly database: TrackerDatabase,
    private readonly log: EventLog,
    private readonly worker: EventWorker,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {
    this.nobody = scopeOfNobody(options);
  }

  /**
   * Durable when it resolves. A text in which masking would change nothing shows nobody, and is not worth a line.
   * @throws what the database throws.
   */
  async of({ storeId, route, actor }: Viewing, text: string): Promise<void> {
    const orders = this.ordersIn(text);
    if (maskOrders(orders, () => this.nobody, this.nobody).replaced === 0) return;
    const orderIds = [...new Set(orders.places.map(({ orderId }) => orderId))];
    const origin = orderIds.length === 1 ? { storeId, orderId: orderIds[0] } : { storeId };
    await this.database.transaction((manager) =>
      this.log.append(manager, 'address.revealed', origin, { orderIds, route, actor }),
    );
    this.worker.wake();
  }

  private ordersIn(text: string): OrdersText {
    try {
      JSON.parse(text);
    } catch {
      return { text, places: [] };
    }
    return anyOrders(text, this.options.orderIdProperty);
  }
}
