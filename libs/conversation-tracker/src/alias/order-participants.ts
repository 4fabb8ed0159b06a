import { type EntityManager, type FindOperator, In } from 'typeorm';
import { foldAddress } from '../kernel/email-address.js';
import { type StoreKeys } from '../persistence/store-keys.js';
import { type OrderRef } from '../ports/order-source.js';
import { type AliasDerivation } from './alias-derivation.js';
import { openPerson } from './participant-seal.js';
import { Participant } from './participant.entity.js';

/** Names an order within one process; never stored. */
export const orderKey = ({ storeId, orderId }: OrderRef) => `${storeId}\0${orderId}`;

/** A condition for each store. */
export function inOrders(orders: readonly OrderRef[]): { storeId: string; orderId: FindOperator<string> }[] {
  const byStore = new Map<string, string[]>();
  for (const { storeId, orderId } of orders) byStore.set(storeId, [...(byStore.get(storeId) ?? []), orderId]);
  return [...byStore].map(([storeId, orderIds]) => ({ storeId, orderId: In(orderIds) }));
}

/** Reads the participants of orders, and their aliases out of them. */
export class OrderParticipants {
  constructor(
    private readonly storeKeys: StoreKeys,
    private readonly derivation: AliasDerivation,
  ) {}

  /** One query, however many orders and stores. */
  async load(manager: EntityManager, orders: readonly OrderRef[]): Promise<Map<string, Participant[]>> {
    const where = inOrders(orders);
    const rows = where.length > 0 ? await manager.find(Participant, { where }) : [];
    const byOrder = new Map<string, Participant[]>(orders.map((order) => [orderKey(order), []]));
    for (const row of rows) byOrder.get(orderKey(row))?.push(row);
    for (const storeId of new Set(rows.map((row) => row.storeId))) await this.storeKeys.of(storeId);
    return byOrder;
  }

  /** Folded address → alias. An erased address is known to nobody any more, so it is not among them. */
  aliases(rows: readonly Participant[]): Map<string, string> {
    const aliases = new Map<string, string>();
    for (const row of rows) {
      const person = openPerson(this.storeKeys, row);
      if (person) aliases.set(foldAddress(person.address), this.derivation.aliasAddress(row, person.address, row));
    }
    return aliases;
  }
}
