import { TrackerError } from '../kernel/errors.js';
import { type OrderRef, type OrderSource } from '../ports/order-source.js';

/**
 * The host has the last word: an order that it no longer knows has no timeline, whatever rows stand.
 * @throws TrackerError `order-not-found`, the same whether no store or another store has the order.
 */
export async function requireOrder(orders: OrderSource, order: OrderRef): Promise<void> {
  if (!(await orders.findOrder(order))) {
    throw new TrackerError('order-not-found', 'this store has no order with that id');
  }
}
