import { type StatusMailModel } from '../../libs/conversation-tracker/src/mailer/outbound/mail-model.js';
import { sampleMailModel } from '../../libs/conversation-tracker/src/mailer/outbound/sample-model.js';

const HOUR_MS = 3_600_000;

/**
 * Orders with numbers, amounts and times of their own, so many that nobody who keeps what it has written of late still has
 * it when the first one comes again.
 */
export const orders: readonly StatusMailModel[] = Array.from({ length: 500 }, (_, n) => {
  const { items, totals, package: parcel, order } = sampleMailModel;
  const [chair, blanket] = items.map((item, index) => {
    const price = item.price! + n * 37 + index * 11;
    return { ...item, price, amount: price * item.quantity };
  });
  const together = chair.amount + blanket.amount;
  const trackingNumber = `PL-${48_960_684 + n}`;
  return {
    ...sampleMailModel,
    order: { id: `${1024 + n}-01`, placedAt: order.placedAt! + n * HOUR_MS },
    items: [chair, blanket],
    totals: { ...totals, items: together, shipping: 690 + n, tax: 1900 + 3 * n },
    total: together + 1540 + 4 * n,
    package: { ...parcel!, trackingNumber, trackingUrl: `https://track.example.com/${trackingNumber}` },
    estimatedDelivery: sampleMailModel.estimatedDelivery! + n * HOUR_MS,
  };
});
