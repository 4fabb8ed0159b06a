export interface OrderRef {
  storeId: string;
  orderId: string;
}

/** Where the tracker asks the host for an order. It stores none itself. */
export interface OrderSource {
  /**
   * The order as the host knows it, with real addresses: VTEX's order JSON or any object with `customer.email`.
   * `undefined` when that store has no such order.
   */
  findOrder(order: OrderRef): Promise<object | undefined>;
}

export const ORDER_SOURCE = Symbol.for('nestjs-conversation-tracker/order-source');
