/** Steps of the order flow that a host tells the tracker. */
export const orderSteps = [
  'order.created',
  'payment-approved',
  'payment-denied',
  'handling-started',
  'invoiced',
  'shipped',
  'tracking-updated',
  'delivered',
  'canceled',
  'refunded',
  'changed',
] as const;

export type OrderStep = (typeof orderSteps)[number];

export function isOrderStep(value: string): value is OrderStep {
  return (orderSteps as readonly string[]).includes(value);
}

/** What a host says with `publish`. */
export interface OrderEvent {
  step: OrderStep;
  orderId: string;
  /** Left out by a host with one store. */
  storeId?: string;
  /** The host's id for a fact that can repeat in one order: a package, a tracking update. One mail per (order, step, occurrence). */
  occurrence?: string;
  /** Facts for the mail that the order itself may not hold, such as `{ reason }` or `{ trackingUrl }`. */
  data?: Record<string, unknown>;
}
