import { defaultRetention, type Retention } from './retention-setting.js';
import { orderSteps, type OrderStep } from '../ports/order-events.js';

export type MaskType = 'complex' | 'simple';

/** How long an alias lives from its first issue in an order. */
export type AliasLifetime =
  /** Calendar months, 1 to 24. */
  | { kind: 'months'; months: number }
  /** Until the order has ended (delivered, canceled or refunded) and this many days more, 0 to 365. */
  | { kind: 'order-end'; graceDays: number };

/** Whose mail goes on to the other side; the rest is held until somebody releases it (R19). */
export type RelayRule =
  /** Whoever is proven to stand behind From (DMARC), and declared integrations. */
  | 'verified'
  /** Those who are in the order already. */
  | 'known'
  /** The same, and proven senders of `relayDomains`. */
  | 'domains'
  /** Everybody but who writes in somebody else's name. */
  | 'anyone';

/** What a store may choose. */
export interface StoreSettingsValues {
  /**
   * The form of the aliases issued from now on; those already out keep working (R51). `simple` aliases show the person's
   * address to whoever reads them: they track and expire, but do not hide (R49). Default `complex`.
   */
  maskType: MaskType;
  /** The name beside the store's alias in `From`. Default: none. */
  senderName?: string;
  /** Where the store reads its mail. A store without one still has its timeline. Default: none. */
  senderAddress?: string;
  /** Addresses that the store publishes and that may be shown, at most 50. Default: none. */
  publicAddresses: string[];
  /** BCP 47 tag for mails, dates and money. Default `en`. */
  locale: string;
  /** IANA name. Default `UTC`. */
  timeZone: string;
  /** ISO 4217, for orders that name no currency. Default `USD`. */
  currency: string;
  /** The steps at which the customer is mailed. Default: all but `order.created`, `tracking-updated` and `changed`. */
  mailSteps: OrderStep[];
  /** Default: two calendar months. */
  aliasLifetime: AliasLifetime;
  /** Default `verified`. */
  relay: RelayRule;
  /** For `relay: 'domains'`, at most 200: lower-case A-labels. A sub-domain is another domain. Default: none. */
  relayDomains: string[];
  /** Who is relayed whatever `relay` says, once proven: addresses, at most 200. Default: none. */
  trustedSenders: string[];
  /** Mailing lists and advertising, which are never relayed (R28). Default `hold`. */
  bulkMail: 'hold' | 'refuse';
  /** Encrypted mail, opaque S/MIME and TNEF, in which nobody can see what they show (R36). Default `hold`. */
  opaqueMail: 'hold' | 'pass';
  /** Files that run when somebody opens them, also in ZIP archives and attached messages. Default `hold`. */
  executableFiles: 'hold' | 'pass';
  /** The only types of files that go on, such as `application/pdf` or `image/*`, at most 100. Default: any. */
  attachmentTypes: string[];
  /** Files of one message together, in MiB, 0 to 100; more is held. Default 25. */
  attachmentMegabytes: number;
  /** Files of one message, 0 to 250; more are held. Default 100. */
  attachmentCount: number;
  /** Messages of others that go on to one person of an order in 24 hours; more are held. Default 500. */
  relayPerAliasPerDay: number;
  /** Messages of others that go on in the store in 24 hours; more are held. Default 50,000. */
  relayPerStorePerDay: number;
  /** How long what is kept is kept. */
  retention: Retention;
}

const notMailedByDefault: readonly OrderStep[] = ['order.created', 'tracking-updated', 'changed'];

/** The settings of a store that nobody configured. */
export const defaultStoreSettings: Readonly<StoreSettingsValues> = {
  maskType: 'complex',
  publicAddresses: [],
  locale: 'en',
  timeZone: 'UTC',
  currency: 'USD',
  mailSteps: orderSteps.filter((step) => !notMailedByDefault.includes(step)),
  aliasLifetime: { kind: 'months', months: 2 },
  relay: 'verified',
  relayDomains: [],
  trustedSenders: [],
  bulkMail: 'hold',
  opaqueMail: 'hold',
  executableFiles: 'hold',
  attachmentTypes: [],
  attachmentMegabytes: 25,
  attachmentCount: 100,
  relayPerAliasPerDay: 500,
  relayPerStorePerDay: 50_000,
  retention: defaultRetention,
};
