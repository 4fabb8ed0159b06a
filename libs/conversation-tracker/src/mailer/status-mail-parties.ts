import { Inject, Injectable } from '@nestjs/common';
import { AliasService, type LiveAlias } from '../alias/alias.service.js';
import { foldAddress } from '../kernel/email-address.js';
import { placeholderAddress } from '../message/alias-grammar.js';
import { roleValues } from '../message/order-text/role-values.js';
import { type OrderRef } from '../ports/order-source.js';
import { TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../ports/tracker-options.js';
import { type StoreSettingsValues } from '../settings/store-settings-values.js';

/** Who writes to whom in a status mail. */
export interface StatusMailParties {
  customer: LiveAlias;
  /** Missing for a store without an address. */
  store?: LiveAlias;
  /** What stands in `From`. */
  fromAddress: string;
  /** Every real address that the mail must not show. */
  protect: readonly string[];
}

type Sender = Pick<StoreSettingsValues, 'senderAddress' | 'senderName'>;

/** Finds the customer and the store of an order, and aliases of theirs that live. */
@Injectable()
export class StatusMailDirectory {
  constructor(
    private readonly aliases: AliasService,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /** `undefined` when the order names no customer, or one who was erased. */
  async partiesOf(ref: OrderRef, order: object, sender: Sender): Promise<StatusMailParties | undefined> {
    const people = roleValues(orderText(order), this.nobody);
    const buyer = people.find(({ role }) => role === 'customer');
    if (!buyer) return undefined;
    const { senderAddress, senderName } = sender;
    const desk =
      senderAddress === undefined
        ? []
        : [{ address: senderAddress, name: senderName, role: 'store', deliverable: true }];
    const live = await this.aliases.ensureLive(ref, [buyer, ...desk]);
    const customer = live.get(buyer.folded);
    if (!customer) return undefined;
    const store = senderAddress === undefined ? undefined : live.get(foldAddress(senderAddress));
    // Addresses that stood in the order before, a corrected one for instance, are somebody's too.
    const known = (await this.aliases.aliasesOf(ref.storeId, [ref.orderId])).get(ref.orderId);
    return {
      customer,
      store,
      // A store without an address has nobody who could read an answer. The placeholder names no one, lies at our own domain
      // (so DKIM and DMARC align) and refuses mail at once, so whoever answers is told: an answer is not lost in silence.
      fromAddress: store?.alias ?? this.nobody.placeholder,
      protect: [
        ...new Set([
          ...people.map(({ address }) => address),
          ...desk.map(({ address }) => address),
          ...(known?.keys() ?? []),
        ]),
      ],
    };
  }

  private get nobody() {
    const { trackerDomain } = this.options;
    return { placeholder: placeholderAddress(trackerDomain), trackerDomains: trackerDomains(this.options) };
  }
}

function orderText(order: object): string {
  return JSON.stringify(order, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
}
