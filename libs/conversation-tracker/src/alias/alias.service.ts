import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { EventLog } from '../events/event-log.js';
import { type Clock } from '../kernel/clock.js';
import { foldAddress } from '../kernel/email-address.js';
import { isOwnAddress, placeholderAddress } from '../message/alias-grammar.js';
import { KeyRing } from '../persistence/key-ring.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type OrderRef } from '../ports/order-source.js';
import { CLOCK, TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../ports/tracker-options.js';
import { SettingsService } from '../settings/settings.service.js';
import { AliasCache, type OrderAliases } from './alias-cache.js';
import { AliasDerivation, type DerivedAlias } from './alias-derivation.js';
import { aliasExpiry } from './alias-lifetime.js';
import { type AliasDraft } from './alias-rows.js';
import { AliasRenewal } from './alias-renewal.js';
import { orderKey, OrderParticipants } from './order-participants.js';
import { openPerson } from './participant-seal.js';
import { Participant } from './participant.entity.js';
import { type RolePaths } from './role-paths.js';
import { planSightings, type PlannedParticipant, type Sighting } from './sighting-plan.js';
import { type OrderChange, SightingWriter } from './sighting-writer.js';

/** The addresses at the role paths of one order. */
export interface OrderSightings extends OrderRef {
  addresses: readonly Sighting[];
}

/** Folded address (see `foldAddress`) → what is shown in its place: an alias, or the placeholder. */
export type AliasMap = ReadonlyMap<string, string>;

/** An alias that mail can be sent to and from. */
export interface LiveAlias {
  aliasId: string;
  participantId: string;
  /** The alias itself: for mail headers alone. */
  alias: string;
  name?: string;
  role: string;
  /** Whether a mail server would take the person's own address. */
  deliverable: boolean;
  /** Epoch milliseconds. */
  expiresAt: number;
}

/** A participant whose address was corrected again and again ends somewhere; a longer chain is a fault. */
const MAX_CORRECTIONS = 16;

/** Knows which alias stands for which address of an order, and issues those that are missing. */
@Injectable()
export class AliasService {
  private readonly derivation: AliasDerivation;
  private readonly participants: OrderParticipants;
  private readonly writer: SightingWriter;
  private readonly renewal: AliasRenewal;
  private readonly cache: AliasCache;

  constructor(
    private readonly database: TrackerDatabase,
    private readonly keys: KeyRing,
    log: EventLog,
    private readonly settings: SettingsService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {
    this.derivation = new AliasDerivation(keys);
    this.participants = new OrderParticipants(keys, this.derivation);
    this.writer = new SightingWriter(keys, this.derivation, log);
    this.renewal = new AliasRenewal(database, keys, log, settings, this.derivation, clock, options);
    this.cache = new AliasCache(options.aliasCache, clock);
  }

  /** What memory holds of the order; `undefined` when it must be asked for with {@link aliasesOf}. */
  cached(storeId: string, orderId: string): AliasMap | undefined {
    return this.cache.get({ storeId, orderId })?.aliases;
  }

  /** The aliases of orders, by order id: at most one query. Reading changes nothing, expired aliases included. */
  async aliasesOf(storeId: string, orderIds: readonly string[]): Promise<Map<string, AliasMap>> {
    const found = new Map<string, AliasMap>();
    const cold: OrderRef[] = [];
    for (const orderId of new Set(orderIds)) {
      const aliases = this.cached(storeId, orderId);
      if (aliases) found.set(orderId, aliases);
      else cold.push({ storeId, orderId });
    }
    if (cold.length === 0) return found;
    const { version } = this.cache;
    const rows = await this.participants.load(this.database.manager, cold);
    for (const order of cold) {
      const aliases = this.participants.aliases(rows.get(orderKey(order))!);
      this.cache.put(order, { aliases, seen: new Set() }, version);
      found.set(order.orderId, aliases);
    }
    return found;
  }

  /**
   * The aliases of orders, in the order of `requests`, new ones issued for addresses that are new: one query for the orders
   * of which something is not in memory, and one insert a table. A new address at a path where another stood takes its
   * place; see {@link reconcile} for the way back.
   */
  issue(requests: readonly OrderSightings[]): Promise<AliasMap[]> {
    return this.see(requests, false);
  }

  /** Like {@link issue}, for an order that the host says is now exactly so: also an earlier address takes its place again. */
  async reconcile(order: OrderSightings): Promise<AliasMap> {
    const [aliases] = await this.see([order], true);
    return aliases;
  }

  /**
   * Aliases that live, for a step of the order that is told by mail: missing ones are issued, and those that have ended get
   * a successor. By folded address; erased persons are missing.
   */
  async ensureLive(order: OrderRef, sightings: readonly Sighting[]): Promise<Map<string, LiveAlias>> {
    const { storeId } = order;
    const addresses = sightings.filter(({ address }) => !isOwnAddress(address, trackerDomains(this.options)));
    await this.issue([{ ...order, addresses }]);
    const ids = new Set(addresses.map(({ address }) => this.derivation.participantId(order, address)));
    const load = () => this.database.manager.find(Participant, { where: { id: In([...ids]), storeId } });
    let rows = await load();
    const ended = rows.filter(({ expiresAt, sealed }) => sealed !== null && expiresAt <= this.clock.now());
    if (ended.length > 0) {
      await this.renewal.renew(
        storeId,
        ended.map(({ id }) => id),
      );
      this.forget(order);
      rows = await load();
    }
    return new Map(rows.flatMap((row) => this.live(row)));
  }

  /** Where mail for a participant goes: to whoever took that one's place. `undefined` when nobody may be mailed. */
  async realAddress(storeId: string, participantId: string): Promise<string | undefined> {
    let id: string | null = participantId;
    for (let corrections = 0; id !== null && corrections <= MAX_CORRECTIONS; corrections++) {
      const row: Participant | null = await this.database.manager.findOneBy(Participant, { id, storeId });
      if (!row || row.state === 'erased' || row.state === 'undeliverable') return undefined;
      if (row.state === 'active') return openPerson(this.keys, row)?.address;
      id = row.supersededBy;
    }
    return undefined;
  }

  /** Drops what memory holds of an order, because its aliases have changed. */
  forget(order: OrderRef): void {
    this.cache.forget(order);
  }

  private live(row: Participant): [string, LiveAlias][] {
    const person = openPerson(this.keys, row);
    if (!person) return [];
    const { id: aliasId, address: alias } = this.derivation.alias(row, person.address, row);
    const [role] = row.roles.split(',');
    const deliverable = row.state !== 'undeliverable';
    const { name, address } = person;
    const { expiresAt, id: participantId } = row;
    return [[foldAddress(address), { aliasId, participantId, alias, name, role, deliverable, expiresAt }]];
  }

  private async see(requests: readonly OrderSightings[], truth: boolean): Promise<AliasMap[]> {
    const domains = trackerDomains(this.options);
    const orders = mergeByOrder(requests, domains);
    const known = new Map<string, OrderAliases>();
    const cold: OrderSightings[] = [];
    for (const order of orders.values()) {
      const entry = truth ? undefined : this.knows(order);
      if (entry) known.set(orderKey(order), entry);
      else cold.push(order);
    }
    if (cold.length > 0) await this.seeCold(cold, truth, known);
    return requests.map((request) =>
      this.withOwnAddresses(known.get(orderKey(request))!.aliases, request.addresses, domains),
    );
  }

  private async seeCold(orders: OrderSightings[], truth: boolean, known: Map<string, OrderAliases>): Promise<void> {
    const { version } = this.cache;
    const rows = await this.participants.load(this.database.manager, orders);
    const changes: { sightings: OrderSightings; change: OrderChange; rows: Participant[] }[] = [];
    for (const sightings of orders) {
      const own = rows.get(orderKey(sightings))!;
      const change = await this.plan(sightings, own, truth);
      if (changesAnything(change)) changes.push({ sightings, change, rows: own });
      else this.remember(sightings, own, undefined, version, known);
    }
    if (changes.length === 0) return;
    await this.database.transaction(async (manager) => {
      // Another request of this process may have seen the same while this one waited for its turn.
      const open = changes.filter(({ sightings }) => {
        const entry = truth ? undefined : this.knows(sightings);
        if (entry) known.set(orderKey(sightings), entry);
        return !entry;
      });
      const issued = await this.writer.write(
        manager,
        open.map(({ change }) => change),
      );
      this.database.onCommit(manager, () => {
        for (const { sightings, rows: own } of open) this.remember(sightings, own, issued, version, known);
      });
    });
  }

  private async plan({ storeId, orderId, addresses }: OrderSightings, rows: Participant[], truth: boolean) {
    const order = { storeId, orderId };
    const sightings = addresses.map((sighting) => ({
      ...sighting,
      id: this.derivation.participantId(order, sighting.address),
    }));
    const plan = planSightings(rows.map(toPlanned), sightings, truth);
    if (plan.created.length === 0) return { order, plan, drafts: [] };
    const { maskType, aliasLifetime } = await this.settings.get(storeId);
    const issuedAt = this.clock.now();
    const orderEndedAt = rows.find((row) => row.orderEndedAt !== null)?.orderEndedAt ?? null;
    const expiresAt = aliasExpiry(aliasLifetime, issuedAt, orderEndedAt);
    const { trackerDomain } = this.options;
    const form = { generation: 1, maskType, aliasKeyId: this.derivation.currentKeyId, trackerDomain };
    const drafts = plan.created.map(({ participant, sighting: { address } }): AliasDraft => ({
      order,
      participantId: participant.id,
      address,
      form,
      issuedAt,
      expiresAt,
    }));
    return { order, plan, drafts };
  }

  private remember(
    { storeId, orderId, addresses }: OrderSightings,
    rows: Participant[],
    issued: Map<string, DerivedAlias> | undefined,
    version: number,
    known: Map<string, OrderAliases>,
  ): void {
    const order = { storeId, orderId };
    const before = this.cache.get(order);
    const aliases = new Map([...(before?.aliases ?? []), ...this.participants.aliases(rows)]);
    for (const { address } of addresses) {
      const folded = foldAddress(address);
      const alias = issued?.get(this.derivation.participantId(order, address))?.address ?? aliases.get(folded);
      // Neither new nor readable: erased.
      aliases.set(folded, alias ?? placeholderAddress(this.options.trackerDomain));
    }
    const seen = new Set([...(before?.seen ?? []), ...addresses.map(sightingKey)]);
    known.set(orderKey(order), { aliases, seen });
    this.cache.put(order, { aliases, seen }, version);
  }

  private knows(order: OrderSightings): OrderAliases | undefined {
    const entry = this.cache.get(order);
    return entry && order.addresses.every((sighting) => entry.seen.has(sightingKey(sighting))) ? entry : undefined;
  }

  /** R22: an address of ours becomes nobody's participant. The order's own aliases stay what they are. */
  private withOwnAddresses(aliases: AliasMap, addresses: readonly Sighting[], domains: readonly string[]): AliasMap {
    const own = addresses
      .filter(({ address }) => isOwnAddress(address, domains))
      .map(({ address }) => foldAddress(address));
    if (own.length === 0) return aliases;
    const issued = new Set(aliases.values());
    const placeholder = placeholderAddress(this.options.trackerDomain);
    return new Map([
      ...aliases,
      ...own.map((address) => [address, issued.has(address) ? address : placeholder] as const),
    ]);
  }
}

function mergeByOrder(requests: readonly OrderSightings[], domains: readonly string[]): Map<string, OrderSightings> {
  const orders = new Map<string, OrderSightings>();
  for (const { storeId, orderId, addresses } of requests) {
    const key = orderKey({ storeId, orderId });
    const theirs = addresses.filter(({ address }) => !isOwnAddress(address, domains));
    orders.set(key, { storeId, orderId, addresses: [...(orders.get(key)?.addresses ?? []), ...theirs] });
  }
  return orders;
}

function toPlanned({ id, state, supersededBy, roles, paths }: Participant): PlannedParticipant {
  return { id, state, supersededBy, roles, paths: JSON.parse(paths) as RolePaths };
}

function changesAnything({ plan }: OrderChange): boolean {
  return plan.created.length > 0 || plan.changed.length > 0;
}

function sightingKey({ address, role, path }: Sighting): string {
  return JSON.stringify([foldAddress(address), role, path]);
}
