import { Inject, Injectable } from '@nestjs/common';
import { EventLog } from '../../events/event-log.js';
import { EventWorker } from '../../events/event-worker.js';
import { maskOrderText } from '../../message/order-text/mask-order-text.js';
import { orderScopes } from '../../message/order-text/order-scopes.js';
import { type OrderScope } from '../../message/order-text/order-scope.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { scopeOfNobody } from '../../ports/scope-of-nobody.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../../ports/tracker-options.js';

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
   * Durable when it resolves. A text without an order and without an address is not worth a line.
   * @throws what the database throws.
   */
  async of({ storeId, route, actor }: Viewing, text: string): Promise<void> {
    const orderIds = [...new Set(this.orderIdsIn(text))];
    if (orderIds.length === 0 && maskOrderText(text, this.nobody).replaced === 0) return;
    const origin = orderIds.length === 1 ? { storeId, orderId: orderIds[0] } : { storeId };
    await this.database.transaction((manager) =>
      this.log.append(manager, 'address.revealed', origin, { orderIds, route, actor }),
    );
    this.worker.wake();
  }

  private orderIdsIn(text: string): string[] {
    try {
      JSON.parse(text);
    } catch {
      return [];
    }
    return orderScopes(text, [this.options.orderIdProperty]).map(({ orderId }) => orderId);
  }
}
