import type { WalkedOms } from './walked-oms.js';

/** What a store has, of which nobody else may see or change anything. */
export interface WalkedStore {
  storeId: string;
  /** By the names that routes give their parameters, and some more. */
  ids: Readonly<Record<WalkedId, string>>;
  /** What an answer to somebody else must not show. */
  secrets: readonly string[];
}

const idNames = [
  'orderId',
  'orderGroup',
  'invoiceNumber',
  'customerId',
  'alias',
  'aliasId',
  'messageId',
  'attachmentPath',
  'heldMessageId',
  'cannedReplyId',
  'spareReplyId',
  'erasureId',
] as const;
export type WalkedId = (typeof idNames)[number];

const CUSTOMER = 'wanda.walker@customer.example';
const TEMPLATE = 'Template-7f3a';
const NOTE = 'Note-7f3a: she called twice';

interface Order {
  orderId: string;
  orderGroup: string;
  clientProfileData: { email: string; userProfileId: string };
  followUpEmail: string;
}

interface Listed {
  id: string;
  direction: string;
  to: { state?: string }[];
  attachments: { path: string }[];
}

/** Fills a store with one of everything that a route names by an id. */
export async function fillStore(oms: WalkedOms, storeId: string): Promise<WalkedStore> {
  const key = oms.key('owner', storeId);
  const post = <T>(path: string, body: unknown) => oms.json<T>({ method: 'POST', path, key, body });
  const order = await post<Order>('/api/oms/pvt/orders', orderInput);
  const { orderId } = order;
  const tracker = '/conversation-tracker';
  for (const step of steps) await post(`/api/oms/pvt/orders/${orderId}/${step}`, {});
  const form = new FormData();
  form.set('subject', 'Your order');
  form.set('text', 'The instructions are attached.');
  form.set('file', new Blob(['fold here']), 'instructions.txt');
  const written = await post<Listed>(`${tracker}/orders/${orderId}/messages`, form);
  await post(`${tracker}/orders/${orderId}/notes`, { text: NOTE });
  const reply = { locale: 'en', title: 'Canned-7f3a', text: 'We look into it.' };
  const { id: cannedReplyId } = await post<{ id: string }>(`${tracker}/canned-replies`, reply);
  const spare = { ...reply, title: 'Spare-7f3a' };
  const { id: spareReplyId } = await post<{ id: string }>(`${tracker}/canned-replies`, spare);
  await oms.json({ method: 'PUT', path: `${tracker}/templates/shipped/en`, key, body: { subject: TEMPLATE } });
  const nobody = { address: 'nobody@customer.example' };
  const { id: erasureId } = await post<{ id: string }>(`${tracker}/erasures`, nobody);
  const letter = { from: CUSTOMER, to: order.followUpEmail, subject: 'Other house', text: 'Please.', spoof: true };
  await post('/inbox', letter);
  const held = { method: 'GET', path: `${tracker}/held-messages`, key };
  const heldMessageId = await oms.until(held, (page) => listed(page)[0]?.id);
  const messages = { method: 'GET', path: `${tracker}/orders/${orderId}/messages`, key };
  await oms.until(messages, (page) => isQuiet(listed(page)) || undefined);
  const { aliases } = await oms.json<{ aliases: { id: string; alias: string }[] }>({
    method: 'GET',
    path: `${tracker}/orders/${orderId}/aliases`,
    key,
  });
  const alias = order.clientProfileData.email;
  return {
    storeId,
    ids: {
      orderId,
      orderGroup: order.orderGroup,
      invoiceNumber: 'INV-1',
      customerId: order.clientProfileData.userProfileId,
      alias,
      aliasId: aliases.find((one) => one.alias === alias)!.id,
      messageId: written.id,
      attachmentPath: written.attachments[0].path,
      heldMessageId,
      cannedReplyId,
      spareReplyId,
      erasureId,
    },
    secrets: [
      orderId,
      alias,
      order.followUpEmail,
      CUSTOMER,
      written.id,
      heldMessageId,
      cannedReplyId,
      spareReplyId,
      erasureId,
      NOTE,
      TEMPLATE,
      'Canned-7f3a',
      'Spare-7f3a',
    ],
  };
}

/** Each mails the customer. */
const steps = ['payment-approved', 'start-handling'];

const listed = (page: unknown) => (page as { messages: Listed[] }).messages;

/** Whether all that was written, and a mail for each step, is there and on its way no more: what is read twice reads the same. */
function isQuiet(messages: readonly Listed[]): boolean {
  const sent = messages.filter(({ direction }) => direction === 'out');
  return sent.length > steps.length && sent.every(({ to }) => to.every(({ state }) => state === 'sent'));
}

const orderInput = {
  items: [{ id: '18', name: 'Coffee, 500 g', quantity: 2, price: 1290 }],
  clientProfileData: { email: CUSTOMER, firstName: 'Wanda', lastName: 'Walker', phone: '+12025550123' },
  shippingData: { price: 500, address: { street: 'Main Street', number: '7', city: 'Albany', postalCode: '12201' } },
  paymentData: { paymentSystemName: 'Visa' },
};
