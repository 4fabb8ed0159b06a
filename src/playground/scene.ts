import type { InboxMail } from '../inbox/inbox-mail.js';
import type { Order } from '../orders/order.js';
import type { NextStep } from './next-steps.js';
import type { WindowAlias, WindowEntry } from './order-window.js';
import type { Marks } from './marked.js';
import type { Person } from './people.js';

/** An order in a list to choose from. */
export interface Choice {
  storeId: string;
  orderId: string;
  title: string;
  /** Some marketplaces name customers by what is no address: there is little to play with. */
  hasMailbox: boolean;
}

/** A person with the mails of this order in their mailbox, newest first, and the alias that a first letter goes to. */
export interface Owner extends Person {
  mails: InboxMail[];
  to: string | undefined;
}

/** The part of the page that it belongs to, by its id. */
export type Section = 'steps' | 'mailboxes' | 'later';

/** What came of the last thing that somebody did. */
export interface Outcome {
  section: Section;
  kind: 'done' | 'refused';
  text: string;
}

/** All that the page shows. */
export interface Scene {
  storeId: string;
  order: Order;
  /** JSON as it leaves the OMS. */
  masked: string;
  choices: Choice[];
  steps: NextStep[];
  owners: Owner[];
  aliases: WindowAlias[];
  timeline: WindowEntry[];
  /** The tracker's clock, ISO 8601. */
  now: string;
  outcome: Outcome | undefined;
}

/** Which addresses of the page are whose own, and which are aliases. */
export function marksOf({ owners, aliases, order }: Scene): Marks {
  const others = [...order.sellers.map(({ email }) => email), order.callCenterOperatorData?.email];
  return {
    real: [...owners.map(({ mailbox }) => mailbox.address), ...others.filter((one) => one !== undefined)],
    aliases: aliases.map(({ alias }) => alias),
  };
}
