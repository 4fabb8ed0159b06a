import { type Change, changed, demandAllowed } from '../order-flow.js';
import type { Order } from '../order.js';

/** This OMS has no window for second thoughts: an order is ready for handling as soon as it is paid. */
export function approvePayment(order: Order, now: Date): Change {
  demandAllowed(order, 'payment-approved');
  return {
    order: changed(order, now, { status: 'ready-for-handling', authorizedDate: now.toISOString() }),
    events: [{ step: 'payment-approved' }],
  };
}

export function denyPayment(order: Order, now: Date): Change {
  demandAllowed(order, 'payment-denied');
  const reason = 'The payment was denied';
  return {
    order: changed(order, now, {
      status: 'canceled',
      cancelReason: reason,
      cancellationData: {
        RequestedByUser: false,
        RequestedByPaymentNotification: true,
        Reason: reason,
        CancellationDate: now.toISOString(),
      },
    }),
    events: [{ step: 'payment-denied' }],
  };
}
