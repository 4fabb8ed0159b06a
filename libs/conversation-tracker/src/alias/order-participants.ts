import { type EntityManager, type FindOperator, In } from 'typeorm';
import { foldAddress } from '../kernel/email-address.js';
import { type StoreKeys } from '../persistence/store-keys.js';
import { type TrackerDatabase } from '../persistence/tracker-database.js';
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

/** None of them has a blank in it. */
const WORDS = ['id', 'state', 'generation', 'maskType', 'aliasKeyId', 'trackerDomain', 'expiresAt', 'sealed'] as const;

/** Of a participant what tells its alias, and what becomes of mail to it. */
export type AliasSource = Pick<Participant, 'storeId' | 'orderId' | 'roles' | (typeof WORDS)[number]>;

/** {@link WORDS} in one text: sqlite3 and pg take longer for the values of a row than this class for taking them apart. */
interface SourceRow {
  orderId: string;
  roles: string;
  words: string;
}

function sourceOf(storeId: string, { orderId, roles, words }: SourceRow): AliasSource {
  const [id, state, generation, maskType, aliasKeyId, trackerDomain, expiresAt, sealed] = words.split(' ');
  return {
    id,
    storeId,
    orderId,
    roles,
    state: state as AliasSource['state'],
    generation: Number(generation),
    maskType: maskType as AliasSource['maskType'],
    aliasKeyId,
    trackerDomain,
    expiresAt: Number(expiresAt),
    sealed: sealed === '' ? null : sealed,
  };
}

export type SourceDatabase = Pick<TrackerDatabase, 'manager' | 'read'>;

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
  async loadSources(database: SourceDatabase, orders: readonly OrderRef[]): Promise<Map<string, AliasSource[]>> {
    const [{ storeId }] = orders;
    if (orders.some((order) => order.storeId !== storeId)) return this.load(database.manager, orders);
    // A few texts serve for any number: the last one is asked for again.
    const size = 2 ** Math.ceil(Math.log2(orders.length));
    const orderIds = Array.from({ length: size }, (_, n) => orders[Math.min(n, orders.length - 1)].orderId);
    const rows = await database.read<SourceRow>(this.textFor(database.manager, size), [storeId, ...orderIds]);
    return this.byOrder(
      orders,
      rows.map((row) => sourceOf(storeId, row)),
    );
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
    const words = WORDS.map((word) => (word === 'sealed' ? `coalesce(participant.sealed, '')` : `participant.${word}`));
    const [text] = manager
      .createQueryBuilder(Participant, 'participant')
      .select('participant.orderId', 'orderId')
      .addSelect('participant.roles', 'roles')
      .addSelect(words.join(` || ' ' || `), 'words')
      .where('participant.storeId = :storeId', { storeId: '' })
      .andWhere('participant.orderId IN (:...orderIds)', { orderIds: Array.from({ length: size }, () => '') })
      .getQueryAndParameters();
    this.texts.set(size, text);
    return text;
  }
}
