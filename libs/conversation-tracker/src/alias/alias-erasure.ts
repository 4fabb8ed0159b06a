import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, In, Like, MoreThan, Not } from 'typeorm';
import { type Clock } from '../kernel/clock.js';
import { KeyRing } from '../persistence/key-ring.js';
import { StoreKeys } from '../persistence/store-keys.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type OrderRef } from '../ports/order-source.js';
import { CLOCK, TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../ports/tracker-options.js';
import { AliasDerivation } from './alias-derivation.js';
import { AliasTrace } from './alias-trace.entity.js';
import { Alias } from './alias.entity.js';
import { AliasService } from './alias.service.js';
import { openPerson } from './participant-seal.js';
import { Participant } from './participant.entity.js';

/** People of one order, by their ids. */
export interface OrderPeople extends OrderRef {
  participantIds: string[];
}

/** Orders on a page, and where the next one begins. */
export interface OrderPage {
  orders: OrderPeople[];
  next?: string;
}

/**
 * Forgets who stands behind aliases. The participant stays, without address and name: a tombstone by which the person is
 * known as erased wherever the order shows the address again, so that the placeholder stands there for ever.
 */
@Injectable()
export class AliasErasure {
  private readonly derivation: AliasDerivation;

  constructor(
    private readonly database: TrackerDatabase,
    private readonly keys: KeyRing,
    private readonly storeKeys: StoreKeys,
    private readonly aliases: AliasService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {
    this.derivation = new AliasDerivation(keys);
  }

  /** The orders of a store in which an address was seen, also erased already, until {@link forgetIndex}. */
  async ordersOf(storeId: string, address: string, after: string, limit: number): Promise<OrderPage> {
    const where = { storeId, addressIndex: In(this.indexesOf(storeId, address)), id: MoreThan(after) };
    const rows = await this.database.manager.find(Participant, { where, order: { id: 'ASC' }, take: limit });
    const orders: OrderPeople[] = [];
    for (const { id, orderId } of rows) {
      orders.push({ storeId, orderId, participantIds: [id, ...(await this.predecessors({ storeId, orderId }, id))] });
    }
    return { orders, next: rows.length < limit ? undefined : rows.at(-1)?.id };
  }

  /** Everybody in an order. */
  async everybody({ storeId, orderId }: OrderRef): Promise<OrderPeople> {
    const rows = await this.database.manager.findBy(Participant, { storeId, orderId });
    return { storeId, orderId, participantIds: rows.map(({ id }) => id) };
  }

  /** The ids of a store's orders in which somebody was seen, in their order. */
  async orderIds(storeId: string, after: string, limit: number): Promise<string[]> {
    const rows = await this.database.manager
      .createQueryBuilder(Participant, 'p')
      .select('p.orderId', 'orderId')
      .where('p.storeId = :storeId AND p.orderId > :after', { storeId, after })
      .groupBy('p.orderId')
      .orderBy('p.orderId', 'ASC')
      .limit(limit)
      .getRawMany<{ orderId: string }>();
    return rows.map(({ orderId }) => orderId);
  }

  /**
   * Forgets these people and ends their aliases; done again, it changes nothing. Memory of other processes shows their aliases
   * for as long as the option `aliasCache.seconds` says.
   * @param found how their orders are found when all is looked through once more: by the person's address, whose hash stays until
   * {@link forgetIndex}, or otherwise, where it goes at once.
   */
  async erase(
    { storeId, orderId, participantIds }: OrderPeople,
    found: 'by-address' | 'otherwise',
  ): Promise<{ participants: number; aliases: number }> {
    const erased = await this.database.transaction(async (manager) => {
      const counts = { participants: 0, aliases: 0 };
      for (const id of participantIds) {
        const known = { id, storeId, state: Not('erased' as const) };
        counts.aliases += await this.deleteTraces(manager, { storeId, orderId }, id);
        const forgotten = { state: 'erased', sealed: null, paths: '{}', expiresAt: this.clock.now() } as const;
        counts.participants += (await manager.update(Participant, known, forgotten)).affected ?? 0;
        if (found === 'otherwise') await manager.update(Participant, { id, storeId }, { addressIndex: '' });
        counts.aliases += await deleteAliases(manager, { storeId, orderId }, id);
      }
      return counts;
    });
    this.aliases.forget({ storeId, orderId });
    return erased;
  }

  /**
   * Deletes the traces of a store's purged aliases, a page of them.
   * @returns which; fewer than `limit` at the end.
   */
  async eraseTraces(storeId: string, after: string, limit: number): Promise<string[]> {
    const where = { storeId, lookup: MoreThan(after) };
    const rows = await this.database.manager.find(AliasTrace, { where, order: { lookup: 'ASC' }, take: limit });
    const lookups = rows.map(({ lookup }) => lookup);
    await this.database.transaction((manager) => manager.delete(AliasTrace, { storeId, lookup: In(lookups) }));
    return lookups;
  }

  /** When, in epoch milliseconds, somebody of an order was erased last; orders in which nobody was are missing. */
  async erasedSince(storeId: string, orderIds: readonly string[]): Promise<Map<string, number>> {
    const where = { storeId, orderId: In(orderIds), state: 'erased' as const };
    const since = new Map<string, number>();
    for (const { orderId, expiresAt } of await this.database.manager.findBy(Participant, where)) {
      since.set(orderId, Math.max(since.get(orderId) ?? 0, expiresAt));
    }
    return since;
  }

  /** Ends the last trace that links the tombstones of a person. */
  async forgetIndex(storeId: string, address: string): Promise<void> {
    const erased = { storeId, addressIndex: In(this.indexesOf(storeId, address)), state: 'erased' as const };
    await this.database.transaction((manager) => manager.update(Participant, erased, { addressIndex: '' }));
  }

  /** Of aliases that were purged: found by what they were derived from, which is known once more before it is forgotten. */
  private async deleteTraces(manager: EntityManager, order: OrderRef, id: string): Promise<number> {
    const { storeId } = order;
    const row = await manager.findOneBy(Participant, { id, storeId });
    await this.storeKeys.of(storeId, manager);
    const person = row && openPerson(this.storeKeys, row);
    if (!person) return 0;
    const lookups = this.derivation.everyLookup(order, person.address, row.generation, trackerDomains(this.options));
    return (await manager.delete(AliasTrace, { storeId, lookup: In(lookups) })).affected ?? 0;
  }

  private indexesOf(storeId: string, address: string): string[] {
    return this.keys.index.ids.map((keyId) => this.derivation.addressIndex(storeId, address, keyId));
  }

  /** Earlier addresses of a person, which a correction has replaced. */
  private async predecessors(order: OrderRef, id: string): Promise<string[]> {
    const rows = await this.database.manager.find(Participant, {
      select: { id: true, supersededBy: true },
      where: { storeId: order.storeId, orderId: order.orderId },
    });
    const found = new Set([id]);
    for (let size = 0; size !== found.size;) {
      size = found.size;
      for (const row of rows) if (row.supersededBy !== null && found.has(row.supersededBy)) found.add(row.id);
    }
    found.delete(id);
    return [...found];
  }
}

/** Those that lead to the person, and those that were issued to it. */
async function deleteAliases(manager: EntityManager, order: OrderRef, participantId: string): Promise<number> {
  const { storeId, orderId } = order;
  const leading = await manager.delete(Alias, { storeId, orderId, participantId });
  const issued = await manager.delete(Alias, { storeId, orderId, id: Like(`${participantId}%`) });
  return (leading.affected ?? 0) + (issued.affected ?? 0);
}
