import type { Mailboxes } from './mailboxes.js';
import type { OmsClient } from './oms-client.js';
import { until } from './patience.js';

/** An order's people by their real addresses, and the OMS as their store sees it. */
export interface Conversation {
  orderId: string;
  customer: string;
  store: string;
  client: OmsClient;
}

/** What came of it, in mails. */
export interface ConversationCount {
  /** Answers that lie in the other side's mailbox, and on the timeline as relayed. */
  relayed: number;
  /** Mails in somebody else's name that the timeline shows as held, and that reached nobody. */
  held: number;
}

interface TimelineMessage {
  direction: string;
  disposition?: string;
  holdReason?: string;
}

/** The customer answers a status mail, the store answers the customer, and a spoofer writes in the customer's name. */
export async function converse(mailboxes: Mailboxes, conversation: Conversation): Promise<ConversationCount> {
  const { customer, store } = conversation;
  const [status] = await mailboxes.mailsOf(customer);
  if (!status) return { relayed: 0, held: 0 };
  const atStore = await mailboxes.mailsOf(store);
  const atCustomer = await mailboxes.mailsOf(customer);

  await mailboxes.answer(status, `When will it come? Write to ${customer}.`);
  const question = await arrival(mailboxes, store, atStore.length);
  if (question) await mailboxes.answer(question, `On Tuesday. Ask ${store} for more.`);
  const answer = question && (await arrival(mailboxes, customer, atCustomer.length));
  await mailboxes.answer(status, 'Send it to another house, please.', true);
  await until(async () => (await received(conversation, 'held')).length > 0);

  const arrived = (question ? 1 : 0) + (answer ? 1 : 0);
  const spoofed = (await received(conversation, 'held')).filter(({ holdReason }) => holdReason === 'spoofed').length;
  const leaked = (await mailboxes.mailsOf(store)).length - atStore.length - 1;
  return {
    relayed: Math.min(arrived, (await received(conversation, 'relayed')).length),
    held: Math.max(0, spoofed - leaked),
  };
}

/** The next mail of a mailbox in which `before` mails lay. */
async function arrival(mailboxes: Mailboxes, owner: string, before: number) {
  await until(async () => (await mailboxes.mailsOf(owner)).length > before);
  const mails = await mailboxes.mailsOf(owner);
  return mails.length > before ? mails[0] : undefined;
}

async function received({ client, orderId }: Conversation, disposition: string): Promise<TimelineMessage[]> {
  const path = `/conversation-tracker/orders/${orderId}/messages`;
  const { messages } = await client.get<{ messages: TimelineMessage[] }>(path);
  return messages.filter((message) => message.disposition === disposition);
}
