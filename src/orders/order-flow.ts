import { Problem } from '../problem/problem.js';
import type { OrderEvent } from './order-event.js';
import type { Order, OrderStatus } from './order.js';

/** What can be asked of an order, as its routes are named. */
export type StepRoute =
  'payment-approved' | 'payment-denied' | 'start-handling' | 'invoice' | 'tracking' | 'delivered' | 'cancel' | 'refund';

/** What a step makes of an order, and the facts to tell about it. */
export interface Change {
  order: Order;
  events: Fact[];
}

export type Fact = Pick<OrderEvent, 'step' | 'occurrence' | 'data'>;

const steps: Record<OrderStatus, readonly StepRoute[]> = {
  'payment-pending': ['payment-approved', 'payment-denied', 'cancel'],
  'ready-for-handling': ['start-handling', 'cancel'],
  handling: ['invoice', 'cancel'],
  invoiced: ['invoice', 'tracking', 'delivered', 'refund'],
  canceled: ['refund'],
};

const descriptions: Record<OrderStatus, string> = {
  'payment-pending': 'Payment pending',
  'ready-for-handling': 'Ready for handling',
  handling: 'Preparing delivery',
  invoiced: 'Invoiced',
  canceled: 'Canceled',
};

export function allowedSteps(order: Order): StepRoute[] {
  const underway = order.packageAttachment.packages.some((parcel) => !parcel.courierStatus.finished);
  return steps[order.status].filter((step) => {
    if (step === 'tracking' || step === 'delivered') return underway;
    if (step === 'refund') return refundable(order) > 0;
    return true;
  });
}

/** Cents that were taken and not given back yet. */
export const refundable = (order: Order): number =>
  order.authorizedDate === null ? 0 : order.refunds.reduce((left, refund) => left - refund.value, order.value);

/** @throws 409 that names the steps which are allowed now */
export function demandAllowed(order: Order, step: StepRoute): void {
  const allowed = allowedSteps(order);
  if (!allowed.includes(step)) {
    throw new Problem(409, 'wrong-step', `An order in the status ${order.status} cannot take the step ${step}`, {
      orderStatus: order.status,
      allowed,
    });
  }
}

/** The order with what a step changes, its dependent fields kept in line. */
export function changed(order: Order, now: Date, fields: Partial<Order>): Order {
  const next: Order = { ...order, ...fields, lastChange: now.toISOString() };
  return {
    ...next,
    statusDescription: descriptions[next.status],
    allowCancellation: steps[next.status].includes('cancel'),
  };
}
