import type { Mailbox } from '../inbox/inbox-mail.js';
import type { Order } from '../orders/order.js';
import { storeById } from '../stores/stores.js';

/** Whose mailbox the playground shows, and what this person would write. */
export interface Person {
  role: 'customer' | 'store' | 'carrier';
  title: string;
  mailbox: Mailbox;
  /** To whose alias a first letter goes. */
  writesTo: 'customer' | 'store';
  idea: string;
}

/** The three who write to each other about an order. The carrier is in no order: it becomes somebody with its first letter. */
export function peopleOf(storeId: string, { clientProfileData: client, sequence }: Order): Person[] {
  const { name, email } = storeById(storeId);
  const customer = [client.firstName, client.lastName].filter(Boolean).join(' ');
  return [
    {
      role: 'customer',
      title: 'The customer',
      mailbox: { address: client.email, name: customer },
      writesTo: 'store',
      idea: `When does it arrive? You can reach me at ${client.email}.`,
    },
    {
      role: 'store',
      title: 'The store',
      mailbox: { address: email, name },
      writesTo: 'customer',
      idea: `Thank you for your order. Write to ${email} whenever you like.`,
    },
    {
      role: 'carrier',
      title: 'A carrier',
      mailbox: { address: 'dispatch@parcels.example', name: 'Fast Parcels' },
      writesTo: 'customer',
      idea: `Your parcel TRK-${sequence} comes on Tuesday between 9 and 12.`,
    },
  ];
}
