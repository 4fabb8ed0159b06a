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

const SOURCE = [
  ...(['id', 'storeId', 'orderId', 'sealed', 'roles', 'state'] as const),
  ...(['generation', 'maskType', 'aliasKeyId', 'trackerDomain', 'expiresAt'] as const),
];

/** Of a participant what tells its alias, and what becomes of mail to it. */
export type AliasSource = Pick<Participant, (typeof SOURCE)[number]>;

/** Reads the participants of orders, and their aliases out of them. */
export class OrderParticipants {
  /** By the number of orders that are asked for. */
  private readonly texts = new Map<number, string>();

  constructor(
    private readonly storeKeys: StoreKeys,
    private readonly derivation: AliasDerivation,
  ) {}

  /** One query, however many orders and stores. */
  async load(manager: EntityManager, orders: readonly OrderRef[]): Promise<Map<string, Participant[]>> {
    const where = inOrders(orders);
    return this.byOrder(orders, where.length > 0 ? await manager.find(Participant, { where }) : []);
  }

  /** Without entities: TypeORM takes longer for them and the text than SQLite for the answer. */
  async loadSources(manager: EntityManager, orders: readonly OrderRef[]): Promise<Map<string, AliasSource[]>> {
    const [{ storeId }] = orders;
    if (orders.some((order) => order.storeId !== storeId)) return this.load(manager, orders);
    // A few texts serve for any number: the last one is asked for again.
    const size = 2 ** Math.ceil(Math.log2(orders.length));
    const orderIds = Array.from({ length: size }, (_, n) => orders[Math.min(n, orders.length - 1)].orderId);
    const rows: (Omit<AliasSource, 'expiresAt'> & { expiresAt: number | string })[] = await manager.query(
      this.textFor(manager, size),
      [storeId, ...orderIds],
    );
    // PostgreSQL's driver hands a bigint over as text.
    const sources = rows.map((row): AliasSource => ({ ...row, expiresAt: Number(row.expiresAt) }));
    return this.byOrder(orders, sources);
  }

  /** Folded address → alias. An erased address is known to nobody any more, so it is not among them. */
  aliases(rows: readonly AliasSource[]): Map<string, string> {
    const aliases = new Map<string, string>();
    for (const row of rows) {
      const person = openPerson(this.storeKeys, row);
      if (person) aliases.set(foldAddress(person.address), this.derivation.aliasAddress(row, person.address, row));
    }
    return aliases;
  }

  private async byOrder<Row extends OrderRef>(
    orders: readonly OrderRef[],
    rows: readonly Row[],
  ): Promise<Map<string, Row[]>> {
    const byOrder = new Map<string, Row[]>(orders.map((order) => [orderKey(order), []]));
    for (const row of rows) byOrder.get(orderKey(row))?.push(row);
    for (const storeId of new Set(rows.map((row) => row.storeId))) await this.storeKeys.of(storeId);
    return byOrder;
  }

  private textFor(manager: EntityManager, size: number): string {
    const known = this.texts.get(size);
    if (known !== undefined) return known;
    const query = manager.createQueryBuilder(Participant, 'participant').select([]);
    for (const name of SOURCE) query.addSelect(`participant.${name}`, name);
    const [text] = query
      .where('participant.storeId = :storeId', { storeId: '' })
      .andWhere('participant.orderId IN (:...orderIds)', { orderIds: Array.from({ length: size }, () => '') })
      .getQueryAndParameters();
    this.texts.set(size, text);
    return text;
  }
}
