import type { Order } from './order.js';

/** One line of the list of orders, in the shape of VTEX's List Orders. */
export const orderSummary = (order: Order) => ({
  orderId: order.orderId,
  sequence: order.sequence,
  creationDate: order.creationDate,
  clientName: [order.clientProfileData.firstName, order.clientProfileData.lastName].filter(Boolean).join(' '),
  totalValue: order.value,
  currencyCode: order.storePreferencesData.currencyCode,
  totalItems: order.items.reduce((sum, item) => sum + item.quantity, 0),
  paymentNames: order.paymentData.transactions
    .flatMap((transaction) => transaction.payments.map((payment) => payment.paymentSystemName))
    .join(', '),
  status: order.status,
  statusDescription: order.statusDescription,
  marketPlaceOrderId: order.marketplaceOrderId,
  salesChannel: order.salesChannel,
  origin: order.origin,
  hostname: order.hostname,
  orderIsComplete: order.isCompleted,
  authorizedDate: order.authorizedDate,
});
