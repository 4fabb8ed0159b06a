import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { foldAddress } from '../../kernel/email-address.js';
import { isOwnAddress, parseAlias } from '../../message/alias-grammar.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { ORDER_SOURCE, type OrderSource } from '../../ports/order-source.js';
import { TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../../ports/tracker-options.js';
import { type ListedOrder, OrderList } from '../../timeline/order-list/order-list.service.js';
import { AliasDerivation, issuedTo } from '../alias-derivation.js';
import { AliasDirectory, type ListedAlias } from '../alias-directory.js';
import { AliasTrace } from '../alias-trace.entity.js';
import { type AliasView, aliasView } from '../alias-view.js';
import { Alias } from '../alias.entity.js';
import { Participant } from '../participant.entity.js';

/** As what a text was looked for. */
export type OrderSearchKind = 'order' | 'alias' | 'address';

/** An order that was found. One without a timeline has no messages. */
export interface FoundOrder extends ListedOrder {
  /** By which aliases it was found, the person's last one for an address; empty for a search by the order's id. */
  aliases: AliasView[];
}

export interface OrderSearchResult {
  kind: OrderSearchKind;
  /** At most 50. */
  orders: FoundOrder[];
}

const MOST_FOUND = 50;
const noMessages = { messages: 0, held: 0, unread: 0 };

/** Finds the orders of a store by what somebody has at hand. */
@Injectable()
export class OrderSearch {
  private readonly derivation: AliasDerivation;

  constructor(
    private readonly database: TrackerDatabase,
    private readonly keys: KeyRing,
    private readonly directory: AliasDirectory,
    private readonly list: OrderList,
    @Inject(ORDER_SOURCE) private readonly orders: OrderSource,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {
    this.derivation = new AliasDerivation(keys);
  }

  /** As what a text is looked for: only for an `address` does the caller need `addresses.match`. */
  kindOf(text: string): OrderSearchKind {
    if (!text.includes('@')) return 'order';
    return isOwnAddress(text.trim(), trackerDomains(this.options)) ? 'alias' : 'address';
  }

  /**
   * By an order's id or its beginning, by an alias of any form (expired, revoked and purged ones too), or by a real address.
   * No real address is in the answer, and an unknown one is answered like one that has no order.
   */
  async find(storeId: string, text: string): Promise<OrderSearchResult> {
    const kind = this.kindOf(text);
    const wanted = text.trim();
    if (kind === 'order') return { kind, orders: await this.byOrderId(storeId, wanted) };
    const aliases = kind === 'alias' ? await this.byAlias(storeId, wanted) : await this.byAddress(storeId, wanted);
    return { kind, orders: await this.ordersOf(storeId, aliases) };
  }

  private async byOrderId(storeId: string, text: string): Promise<FoundOrder[]> {
    const listed = await this.list.beginning(storeId, text, MOST_FOUND);
    const found = listed.map((order) => ({ ...order, aliases: [] }));
    if (found.some(({ orderId }) => orderId === text) || !(await this.orders.findOrder({ storeId, orderId: text }))) {
      return found;
    }
    // The host knows it, and nothing has happened on it yet.
    return [{ orderId: text, ...noMessages, aliases: [] }, ...found];
  }

  private async byAlias(storeId: string, text: string): Promise<Map<string, ListedAlias[]>> {
    const parsed = parseAlias(foldAddress(text), trackerDomains(this.options));
    if (!parsed || parsed.form === 'placeholder') return new Map();
    const lookup = this.derivation.lookup(parsed.address);
    const { manager } = this.database;
    const live = await manager.findOne(Alias, { select: { id: true }, where: { storeId, lookup } });
    const id = live?.id ?? (await manager.findOneBy(AliasTrace, { storeId, lookup }))?.aliasId;
    if (id === undefined) return new Map();
    const participant = await manager.findOneBy(Participant, { storeId, id: issuedTo(id) });
    return participant ? this.aliasesOf(storeId, [participant], id) : new Map();
  }

  private async byAddress(storeId: string, text: string): Promise<Map<string, ListedAlias[]>> {
    // Also those who were seen under an earlier key.
    const indexes = this.keys.index.ids.map((keyId) => this.derivation.addressIndex(storeId, text, keyId));
    const people = await this.database.manager.find(Participant, {
      where: { storeId, addressIndex: In(indexes) },
      order: { issuedAt: 'DESC' },
      take: MOST_FOUND,
    });
    return this.aliasesOf(storeId, people);
  }

  /** The last alias of each person, or the one that was asked for, by order. Erased persons are missing. */
  private async aliasesOf(
    storeId: string,
    people: readonly Participant[],
    aliasId?: string,
  ): Promise<Map<string, ListedAlias[]>> {
    const orderId = In(people.map((person) => person.orderId));
    const rows = people.length === 0 ? [] : await this.database.manager.findBy(Alias, { storeId, orderId });
    const found = new Map<string, ListedAlias[]>();
    for (const person of people) {
      const own = await this.directory.describe([person], rows);
      const shown = own.find(({ id }) => id === aliasId) ?? own.toSorted((a, b) => a.generation - b.generation).at(-1);
      if (shown) found.set(person.orderId, [...(found.get(person.orderId) ?? []), shown]);
    }
    return found;
  }

  private async ordersOf(storeId: string, aliases: ReadonlyMap<string, ListedAlias[]>): Promise<FoundOrder[]> {
    const listed = await this.list.named(storeId, [...aliases.keys()]);
    const known = new Set(listed.map(({ orderId }) => orderId));
    const quiet = [...aliases.keys()].filter((orderId) => !known.has(orderId));
    return [...listed, ...quiet.map((orderId) => ({ orderId, ...noMessages }))].map((order) => ({
      ...order,
      aliases: (aliases.get(order.orderId) ?? []).map(aliasView),
    }));
  }
}
