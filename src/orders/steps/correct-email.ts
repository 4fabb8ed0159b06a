import { type Change, changed } from '../order-flow.js';
import type { Order } from '../order.js';

/** The customer's address was wrong. The fact says that it changed, not what it was or is. */
export function correctEmail(order: Order, email: string, userProfileId: string, now: Date): Change {
  if (order.clientProfileData.email === email) return { order, events: [] };
  const changesData = [
    ...order.changesAttachment.changesData,
    { reason: 'The customer’s e-mail address was corrected', date: now.toISOString() },
  ];
  return {
    order: changed(order, now, {
      clientProfileData: { ...order.clientProfileData, email, userProfileId },
      changesAttachment: { ...order.changesAttachment, changesData },
    }),
    events: [{ step: 'changed', occurrence: String(changesData.length), data: { field: 'clientProfileData.email' } }],
  };
}
