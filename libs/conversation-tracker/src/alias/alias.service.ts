import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { EventLog } from '../events/event-log.js';
import { type Clock } from '../kernel/clock.js';
import { foldAddress } from '../kernel/email-address.js';
import { isOwnAddress } from '../message/alias-grammar.js';
import { KeyRing } from '../persistence/key-ring.js';
import { RowsByKey } from '../persistence/rows-by-key.js';
import { StoreKeys } from '../persistence/store-keys.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type OrderRef } from '../ports/order-source.js';
import { CLOCK, TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../ports/tracker-options.js';
import { SettingsService } from '../settings/settings.service.js';
import { AliasCache } from './alias-cache.js';
import { AliasDerivation } from './alias-derivation.js';
import { AliasIssuer, type AliasMap, type OrderSightings } from './alias-issuer.js';
import { AliasRenewal } from './alias-renewal.js';
import { currentHolder } from './current-holder.js';
import { type AliasSource, orderKey, OrderParticipants } from './order-participants.js';
import { ParticipantReader } from './participant-reader.js';
import { openPerson } from './participant-seal.js';
import { Participant } from './participant.entity.js';
import { type Sighting } from './sighting-plan.js';
import { SightingWriter } from './sighting-writer.js';

export { type AliasMap, type OrderSightings } from './alias-issuer.js';

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

/** Somebody in an order. The alias is the last one issued to that person, dead or alive. */
export interface OrderPerson extends LiveAlias {
  /** The real address, as it was written in the order. */
  address: string;
  /** A corrected address took this one's place. */
  superseded: boolean;
}

/** Knows which alias stands for which address of an order, and issues those that are missing. */
@Injectable()
export class AliasService {
  private readonly derivation: AliasDerivation;
  private readonly participants: OrderParticipants;
  private readonly reader: ParticipantReader;
  private readonly renewal: AliasRenewal;
  private readonly cache: AliasCache;
  private readonly issuer: AliasIssuer;
  private readonly byId: RowsByKey<Participant>;

  constructor(
    private readonly database: TrackerDatabase,
    keys: KeyRing,
    private readonly storeKeys: StoreKeys,
    log: EventLog,
    settings: SettingsService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {
    this.derivation = new AliasDerivation(keys);
    this.participants = new OrderParticipants(storeKeys, this.derivation);
    this.byId = new RowsByKey(database, Participant, 'id');
    this.reader = new ParticipantReader(this.participants, database);
    this.renewal = new AliasRenewal(database, keys, storeKeys, log, settings, clock, options);
    this.cache = new AliasCache(options.aliasCache, clock);
    const { derivation, participants, cache } = this;
    const writer = new SightingWriter(database, storeKeys, derivation, log);
    this.issuer = new AliasIssuer(
      database,
      storeKeys,
      settings,
      derivation,
      participants,
      writer,
      cache,
      clock,
      options,
    );
  }

  /** How often what memory was asked for was there, and how often not. */
  get cacheLookups(): { readonly hits: number; readonly misses: number } {
    return this.cache;
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
    const rows = await this.reader.read(cold);
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
    return this.issuer.see(requests, false);
  }

  /** Like {@link issue}, for an order that the host says is now exactly so: also an earlier address takes its place again. */
  async reconcile(order: OrderSightings): Promise<AliasMap> {
    const [aliases] = await this.issuer.see([order], true);
    return aliases;
  }

  /**
   * Aliases that live, for a step of the order that is told by mail: missing ones are issued, and those that have ended get
   * a successor. By folded address; erased persons are missing.
   * @param sightings from the order as the host holds it now, like those of {@link reconcile}.
   */
  async ensureLive(order: OrderRef, sightings: readonly Sighting[]): Promise<Map<string, LiveAlias>> {
    const { storeId } = order;
    const addresses = sightings.filter(({ address }) => !isOwnAddress(address, trackerDomains(this.options)));
    await this.reconcile({ ...order, addresses });
    const ids = new Set(addresses.map(({ address }) => this.derivation.participantId(order, address)));
    const load = () => this.database.manager.find(Participant, { where: { id: In([...ids]), storeId } });
    let rows = await load();
    const ended = rows.filter(({ expiresAt, sealed }) => sealed !== null && expiresAt <= this.clock.now());
    if (ended.length > 0) {
      const endedIds = ended.map(({ id }) => id);
      await this.renewal.renewEnded(storeId, endedIds);
      this.forget(order);
      rows = await load();
    }
    return new Map(rows.flatMap((row) => this.live(row)));
  }

  /** Everybody who was ever seen in an order, but the erased. */
  async people(order: OrderRef): Promise<OrderPerson[]> {
    const rows = await this.reader.read([order]);
    return (rows.get(orderKey(order)) ?? []).flatMap((row) => this.person(row) ?? []);
  }

  /** Where mail for a participant goes: to whoever took that one's place. `undefined` when nobody may be mailed. */
  async realAddress(storeId: string, participantId: string): Promise<string | undefined> {
    const [row]: (Participant | undefined)[] = await this.byId.find(participantId);
    const isElsewhere = row?.storeId === storeId && row.state === 'superseded';
    const holder = isElsewhere ? await currentHolder(this.database.manager, storeId, participantId) : row;
    if (holder?.state !== 'active' || holder.storeId !== storeId) return undefined;
    await this.storeKeys.of(storeId);
    return openPerson(this.storeKeys, holder)?.address;
  }

  /** When somebody was erased from an order, epoch milliseconds; `undefined` for who was not. */
  async erasedAt(order: OrderRef, address: string): Promise<number | undefined> {
    const id = this.derivation.participantId(order, address);
    const { storeId } = order;
    const row = await this.database.manager.findOneBy(Participant, { id, storeId, state: 'erased' });
    return row?.expiresAt;
  }

  /** Drops what memory holds of an order, because its aliases have changed. */
  forget(order: OrderRef): void {
    this.cache.forget(order);
  }

  private live(row: Participant): [string, LiveAlias][] {
    const person = this.person(row);
    return person ? [[foldAddress(person.address), person]] : [];
  }

  private person(row: AliasSource): OrderPerson | undefined {
    const person = openPerson(this.storeKeys, row);
    if (!person) return undefined;
    const { id: aliasId, address: alias } = this.derivation.alias(row, person.address, row);
    const [role] = row.roles.split(',');
    const { name, address } = person;
    const { expiresAt, id: participantId, state } = row;
    const deliverable = state !== 'undeliverable';
    return {
      aliasId,
      participantId,
      alias,
      name,
      role,
      deliverable,
      expiresAt,
      address,
      superseded: state === 'superseded',
    };
  }
}
