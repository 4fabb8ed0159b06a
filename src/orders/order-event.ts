/** A fact about an order, told to whoever listens on the ports. */
export interface OrderEvent {
  step: OrderStep;
  storeId: string;
  orderId: string;
  /** Names a fact that can happen again in one order: an invoice number, the number of a tracking update, of a refund. */
  occurrence?: string;
  /** What was said along with the step, such as the tracking number. */
  data?: Readonly<Record<string, unknown>>;
}

export type OrderStep =
  | 'order.created'
  | 'payment-approved'
  | 'payment-denied'
  | 'handling-started'
  | 'invoiced'
  /** A package got its tracking number. */
  | 'shipped'
  | 'tracking-updated'
  | 'delivered'
  | 'canceled'
  | 'refunded'
  | 'changed';
