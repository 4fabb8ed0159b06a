import { type AliasService, type OrderPerson } from '../../alias/alias.service.js';
import { foldAddress } from '../../kernel/email-address.js';
import { type OrderRef } from '../../ports/order-source.js';
import { type StoreSettingsValues } from '../../settings/store-settings-values.js';
import { type InboundRecipient } from '../inbound/smtp/mail-receipt.js';

type AliasRecipient = Extract<InboundRecipient, { kind: 'alias' }>;

/** The recipients of a message that stand for people of one order (R10). */
export interface OrderRecipients extends OrderRef {
  recipients: readonly AliasRecipient[];
}

/** One for each order, in the order in which the envelope names them. */
export function byOrder(recipients: readonly InboundRecipient[]): OrderRecipients[] {
  const orders = new Map<string, { storeId: string; orderId: string; recipients: AliasRecipient[] }>();
  for (const recipient of recipients) {
    if (recipient.kind !== 'alias') continue;
    const { storeId, orderId } = recipient;
    const key = JSON.stringify([storeId, orderId]);
    const known = orders.get(key);
    if (known) known.recipients.push(recipient);
    else orders.set(key, { storeId, orderId, recipients: [recipient] });
  }
  return [...orders.values()];
}

/** Who is in the order. The store's own address is among them from now on: it must not show in what others write (R34). */
export async function peopleOf(
  aliases: AliasService,
  order: OrderRef,
  { senderAddress, senderName }: Pick<StoreSettingsValues, 'senderAddress' | 'senderName'>,
): Promise<OrderPerson[]> {
  const people = await aliases.people(order);
  if (senderAddress === undefined || personAt(people, senderAddress)) return people;
  const store = { address: senderAddress, name: senderName, role: 'store', deliverable: true };
  await aliases.issue([{ ...order, addresses: [store] }]);
  return aliases.people(order);
}

/**
 * The person who wrote, with an alias that others can answer to: somebody new gets one, and one of the store's own that has
 * ended gets a successor (DESIGN §6: a message of the store opens a new generation, a message of anybody else does not).
 */
export async function writerOf(
  aliases: AliasService,
  order: OrderRef,
  people: readonly OrderPerson[],
  from: { address: string; name?: string },
): Promise<OrderPerson | undefined> {
  const known = personAt(people, from.address);
  if (known && known.role !== 'store') return known;
  const sighting = {
    address: from.address,
    name: known?.name ?? from.name,
    role: known?.role ?? 'contact',
    deliverable: true,
  };
  if (known) await aliases.ensureLive(order, [sighting]);
  else await aliases.issue([{ ...order, addresses: [sighting] }]);
  return personAt(await aliases.people(order), from.address);
}

export function personAt(people: readonly OrderPerson[], address: string): OrderPerson | undefined {
  const folded = foldAddress(address);
  return people.find((person) => foldAddress(person.address) === folded);
}
