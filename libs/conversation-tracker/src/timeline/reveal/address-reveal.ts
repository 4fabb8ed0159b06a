import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { EventLog } from '../../events/event-log.js';
import { EventWorker } from '../../events/event-worker.js';
import { type Clock } from '../../kernel/clock.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { ADDRESS_BOOK, type AddressBook } from '../../ports/address-book.js';
import { type OrderRef } from '../../ports/order-source.js';
import { CLOCK, TRACKER_OPTIONS, type TrackerOptions } from '../../ports/tracker-options.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { type MessageParty } from '../message-head.js';
import { addressesOfDay, type QuotaWindow, requestsOfMinute, takeFromQuota } from './reveal-quota.js';

/** Who sees real addresses, and why. */
export interface Viewer {
  /** The actor of the AccessGrant, who was granted `addresses.read`. */
  actor: string;
  /** How many addresses that grant allows a day. */
  revealsPerDay: number;
  /** Free of addresses; left out on masked routes, where the route says it. */
  reason?: string;
}

/** By which door somebody gets to see real addresses. */
export type RevealWay = 'reveal' | 'message' | 'conversation-message' | 'raw-message' | 'masked-route' | 'export';

/** What somebody is about to be shown: ids alone. */
export interface Revealed {
  storeId: string;
  way: RevealWay;
  orderIds: readonly string[];
  /** How many addresses. */
  count: number;
  /** More of what is shown: ids of people and messages, the route. */
  detail: object;
}

/** The only door to real addresses: whoever is shown one, by whatever route, has been counted and audited before. */
@Injectable()
export class AddressReveal {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly trail: AuditTrail,
    private readonly log: EventLog,
    private readonly worker: EventWorker,
    @Inject(ADDRESS_BOOK) private readonly book: AddressBook,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /**
   * The addresses of those who have one that is still known, by participant id.
   * @throws TrackerError `reveal-quota-spent`.
   */
  async of(
    { storeId, orderId }: OrderRef,
    parties: readonly MessageParty[],
    way: RevealWay,
    viewer: Viewer,
  ): Promise<Map<string, string>> {
    const participantIds = [...new Set(parties.flatMap(({ participantId }) => participantId ?? []))];
    if (participantIds.length === 0) return new Map();
    const count = participantIds.length;
    await this.record({ storeId, orderIds: [orderId], way, count, detail: { participantIds } }, viewer);
    return this.book.realAddressOf(storeId, participantIds);
  }

  /**
   * Counts, and puts on record, that somebody is about to see real addresses. Durable when it resolves: until then none is
   * shown.
   * @throws TrackerError `reveal-quota-spent`, or what the database throws.
   */
  async record({ storeId, way, orderIds, count, detail }: Revealed, { actor, reason, revealsPerDay }: Viewer) {
    const origin = orderIds.length === 1 ? { storeId, orderId: orderIds[0] } : { storeId };
    const fact = { way, orderIds: [...orderIds], ...detail, reason };
    // Order JSON is read by programs that the host trusts: a minute of theirs is no measure of anything.
    const requests = way === 'masked-route' ? [] : [requestsOfMinute(this.options.reveals.perMinute)];
    await this.database.transaction(async (manager) => {
      await this.take(manager, { storeId, actor }, [addressesOfDay(revealsPerDay, count), ...requests]);
      if (count > 0) await this.log.append(manager, 'address.revealed', origin, { ...fact, actor });
      await this.trail.append(manager, { ...origin, actor, action: 'address.revealed', detail: fact });
      this.database.onCommit(manager, () => this.worker.wake());
    });
  }

  /**
   * Counts, and puts on record, that somebody asks whether an address stands behind an alias.
   * @throws TrackerError `reveal-quota-spent`, or what the database throws.
   */
  async recordMatch(order: Partial<OrderRef> & { storeId: string }, detail: object, viewer: Viewer): Promise<void> {
    const { actor, revealsPerDay } = viewer;
    const windows = [addressesOfDay(revealsPerDay, 1), requestsOfMinute(this.options.reveals.perMinute)];
    await this.database.transaction(async (manager) => {
      await this.take(manager, { storeId: order.storeId, actor }, windows);
      await this.trail.append(manager, { ...order, actor, action: 'address.matched', detail });
    });
  }

  private take(manager: EntityManager, caller: { storeId: string; actor: string }, windows: readonly QuotaWindow[]) {
    return takeFromQuota(manager, caller, windows, this.clock.now());
  }
}
