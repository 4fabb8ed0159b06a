import { Inject, Injectable } from '@nestjs/common';
import { AliasService, type LiveAlias } from '../alias/alias.service.js';
import { type Sighting } from '../alias/sighting-plan.js';
import { foldAddress } from '../kernel/email-address.js';
import { roleValues } from '../message/order-text/role-values.js';
import { type OrderRef } from '../ports/order-source.js';
import { scopeOfNobody } from '../ports/scope-of-nobody.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';
import { type StoreSettingsValues } from '../settings/store-settings-values.js';

/** Whom a status mail concerns, by aliases that live. */
export interface MailPeople {
  customer: LiveAlias;
  /** Missing where neither the settings nor the order name an address of the store. */
  store?: LiveAlias;
  /** Every real address that was ever seen in the order, and the store's own: none may show in the mail (R37). */
  protect: readonly string[];
}

/** Finds out whom an order's mails go to and come from. */
@Injectable()
export class MailPeopleFinder {
  constructor(
    private readonly aliases: AliasService,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /**
   * A dead alias of theirs gets a successor: a step of the order is a reason to (DESIGN §6).
   * @returns `undefined` when the order names no customer, or the customer was erased: nobody is to be mailed then.
   */
  async of(
    order: OrderRef,
    json: object,
    settings: Pick<StoreSettingsValues, 'senderAddress' | 'senderName'>,
  ): Promise<MailPeople | undefined> {
    const seen = this.sightingsOf(json);
    const customers = seen.filter(({ role }) => role === 'customer');
    const customer = customers.find(({ deliverable }) => deliverable) ?? customers[0];
    if (!customer) return undefined;
    const store = storeOf(settings, seen);
    const live = await this.aliases.ensureLive(order, store ? [customer, store] : [customer]);
    const found = live.get(foldAddress(customer.address));
    if (!found) return undefined;
    const known = await this.aliases.aliasesOf(order.storeId, [order.orderId]);
    const addresses = [...seen, ...(store ? [store] : [])].map(({ address }) => address);
    const earlier = known.get(order.orderId)?.keys() ?? [];
    const protect = [...new Set([...addresses, ...earlier])];
    return { customer: found, store: store && live.get(foldAddress(store.address)), protect };
  }

  /** Who stands in the host's order. */
  sightingsOf(json: object): Sighting[] {
    const text = JSON.stringify(json, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
    return roleValues(text, scopeOfNobody(this.options));
  }
}

/** What the store says of itself wins over what its order says of it. */
export function storeOf(
  { senderAddress, senderName }: Pick<StoreSettingsValues, 'senderAddress' | 'senderName'>,
  seen: readonly Sighting[],
): Sighting | undefined {
  if (senderAddress === undefined) return seen.find(({ role, deliverable }) => role === 'store' && deliverable);
  return { address: senderAddress, name: senderName, role: 'store', deliverable: true };
}
