import { type Clock } from '../kernel/clock.js';
import { foldAddress } from '../kernel/email-address.js';
import { isOwnAddress, placeholderAddress } from '../message/alias-grammar.js';
import { type StoreKeys } from '../persistence/store-keys.js';
import { type TrackerDatabase } from '../persistence/tracker-database.js';
import { type OrderRef } from '../ports/order-source.js';
import { trackerDomains, type TrackerOptions } from '../ports/tracker-options.js';
import { type SettingsService } from '../settings/settings.service.js';
import { type AliasCache, type OrderAliases } from './alias-cache.js';
import { type AliasDerivation, type DerivedAlias } from './alias-derivation.js';
import { aliasExpiry } from './alias-lifetime.js';
import { type AliasDraft } from './alias-rows.js';
import { orderKey, type OrderParticipants } from './order-participants.js';
import { type Participant } from './participant.entity.js';
import { type RolePaths } from './role-paths.js';
import { planSightings, type PlannedParticipant, type Sighting } from './sighting-plan.js';
import { type OrderChange, type SightingWriter, StaleReading } from './sighting-writer.js';

/** The addresses at the role paths of one order. */
export interface OrderSightings extends OrderRef {
  addresses: readonly Sighting[];
}

/** Folded address (see `foldAddress`) → what is shown in its place: an alias, or the placeholder. */
export type AliasMap = ReadonlyMap<string, string>;

/** Each further reading means that somebody else wrote to the same order in between. */
const MAX_READINGS = 8;

/** Takes in which addresses orders show, and issues the aliases that are missing. */
export class AliasIssuer {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly storeKeys: StoreKeys,
    private readonly settings: SettingsService,
    private readonly derivation: AliasDerivation,
    private readonly participants: OrderParticipants,
    private readonly writer: SightingWriter,
    private readonly cache: AliasCache,
    private readonly clock: Clock,
    private readonly options: TrackerOptions,
  ) {}

  /** @param truth see {@link planSightings}. Memory is not asked then. */
  async see(requests: readonly OrderSightings[], truth: boolean): Promise<AliasMap[]> {
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
    for (let reading = 1; ; reading++) {
      try {
        return await this.readAndWrite(orders, truth, known);
      } catch (error) {
        if (!(error instanceof StaleReading) || reading === MAX_READINGS) throw error;
      }
    }
  }

  private async readAndWrite(orders: OrderSightings[], truth: boolean, known: Map<string, OrderAliases>) {
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
    const orderEndedAt = rows.find((row) => row.orderEndedAt !== null)?.orderEndedAt ?? null;
    if (plan.created.length === 0) return { order, known: rows, plan, drafts: [], orderEndedAt };
    await this.storeKeys.of(storeId);
    const { maskType, aliasLifetime } = await this.settings.inForce(storeId);
    const issuedAt = this.clock.now();
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
    return { order, known: rows, plan, drafts, orderEndedAt };
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
