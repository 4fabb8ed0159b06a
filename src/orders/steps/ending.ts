import { invalidInput } from '../../problem/problem.js';
import { type Change, changed, demandAllowed, refundable } from '../order-flow.js';
import type { Order } from '../order.js';

export function cancel(order: Order, reason: string, now: Date): Change {
  demandAllowed(order, 'cancel');
  return {
    order: changed(order, now, {
      status: 'canceled',
      cancelReason: reason,
      cancellationData: {
        RequestedByUser: true,
        RequestedByPaymentNotification: false,
        Reason: reason,
        CancellationDate: now.toISOString(),
      },
    }),
    events: [{ step: 'canceled', data: { reason } }],
  };
}

/** @param value cents; without one, all that is left to give back */
export function refund(order: Order, value: number | undefined, reason: string | undefined, now: Date): Change {
  demandAllowed(order, 'refund');
  const most = refundable(order);
  const amount = value ?? most;
  if (amount > most) throw invalidInput([{ field: 'value', message: `value must not be greater than ${most}` }]);
  const id = String(order.refunds.length + 1);
  return {
    order: changed(order, now, {
      refunds: [...order.refunds, { id, value: amount, reason: reason ?? null, date: now.toISOString() }],
    }),
    events: [{ step: 'refunded', occurrence: id, data: { value: amount, reason: reason ?? null } }],
  };
}
