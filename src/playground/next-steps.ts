import { cancel } from '../orders/steps/ending.js';
import { invoice, startHandling } from '../orders/steps/fulfilment.js';
import { approvePayment, denyPayment } from '../orders/steps/payment.js';
import { deliver } from '../orders/steps/tracking.js';
import { allowedSteps, type Change } from '../orders/order-flow.js';
import type { Order } from '../orders/order.js';

/** A button of the playground. */
export interface NextStep {
  name: string;
  label: string;
}

type Take = (order: Order, now: Date) => Change;

const steps: Readonly<Record<string, { label: string; take: Take }>> = {
  'payment-approved': { label: 'Payment approved', take: approvePayment },
  'payment-denied': { label: 'Payment denied', take: denyPayment },
  'start-handling': { label: 'Prepare the delivery', take: startHandling },
  invoice: { label: 'Invoice and ship', take: invoiceAndShip },
  delivered: { label: 'Delivered', take: (order, now) => deliver(order, undefined, now) },
  cancel: { label: 'Cancel', take: (order, now) => cancel(order, 'Tried out in the playground', now) },
};

/** What can be done with an order now. One package is enough to play with. */
export function nextSteps(order: Order): NextStep[] {
  const isInvoiced = order.packageAttachment.packages.length > 0;
  return allowedSteps(order)
    .filter((name) => name in steps && !(name === 'invoice' && isInvoiced))
    .map((name) => ({ name, label: steps[name].label }));
}

export const takeStep = (name: string): Take | undefined => (Object.hasOwn(steps, name) ? steps[name].take : undefined);

function invoiceAndShip(order: Order, now: Date): Change {
  return invoice(
    order,
    {
      invoiceNumber: '1001',
      invoiceValue: order.value,
      courier: 'Fast Parcels',
      trackingNumber: `TRK-${order.sequence}`,
      trackingUrl: `https://parcels.example/TRK-${order.sequence}`,
    },
    now,
  );
}
