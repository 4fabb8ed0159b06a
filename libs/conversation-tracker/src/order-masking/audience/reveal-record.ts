import { Inject, Injectable } from '@nestjs/common';
import { type OrderScope } from '../../message/order-text/order-scope.js';
import { scopeOfNobody } from '../../ports/scope-of-nobody.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../../ports/tracker-options.js';
import { AddressReveal } from '../../timeline/reveal/address-reveal.js';
import { anyOrders, maskOrders, type OrdersText } from '../orders-text.js';

/** Who is shown real addresses, and where. */
export interface Viewing {
  storeId: string;
  route: string;
  actor: string;
  revealsPerDay: number;
}

/** Puts on record that somebody is about to see real addresses. */
@Injectable()
export class RevealRecord {
  private readonly nobody: OrderScope;

  constructor(
    private readonly reveals: AddressReveal,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {
    this.nobody = scopeOfNobody(options);
  }

  /**
   * Durable when it resolves. A text in which masking would change nothing shows nobody, and is not worth a line.
   * Every place where an address stands counts as one.
   * @throws TrackerError `reveal-quota-spent`, or what the database throws.
   */
  async of({ storeId, route, ...viewer }: Viewing, text: string): Promise<void> {
    const orders = this.ordersIn(text);
    const { replaced: count } = maskOrders(orders, () => this.nobody, this.nobody);
    if (count === 0) return;
    const orderIds = [...new Set(orders.places.map(({ orderId }) => orderId))];
    await this.reveals.record({ storeId, way: 'masked-route', orderIds, count, detail: { route } }, viewer);
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
