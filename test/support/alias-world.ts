import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, type Logger } from 'typeorm';
import { AliasOrdersConsumer } from '../../libs/conversation-tracker/src/alias/alias-orders.consumer.js';
import { AliasPurge } from '../../libs/conversation-tracker/src/alias/alias-purge.js';
import { AliasControl } from '../../libs/conversation-tracker/src/alias/alias-control.js';
import { AliasDirectory } from '../../libs/conversation-tracker/src/alias/alias-directory.js';
import { AliasTrace } from '../../libs/conversation-tracker/src/alias/alias-trace.entity.js';
import { Alias } from '../../libs/conversation-tracker/src/alias/alias.entity.js';
import { AliasService } from '../../libs/conversation-tracker/src/alias/alias.service.js';
import { Participant } from '../../libs/conversation-tracker/src/alias/participant.entity.js';
import { ConsumerRegistry } from '../../libs/conversation-tracker/src/events/consumer-registry.js';
import { EventLog } from '../../libs/conversation-tracker/src/events/event-log.js';
import { OutboxConsumption } from '../../libs/conversation-tracker/src/events/outbox-consumption.entity.js';
import { OutboxEvent } from '../../libs/conversation-tracker/src/events/outbox-event.entity.js';
import { KeyRing } from '../../libs/conversation-tracker/src/persistence/key-ring.js';
import { openTrackerDatabase } from '../../libs/conversation-tracker/src/persistence/open-database.js';
import { StoreKeyRow } from '../../libs/conversation-tracker/src/persistence/store-key.entity.js';
import { StoreKeys } from '../../libs/conversation-tracker/src/persistence/store-keys.js';
import { TrackerDatabase } from '../../libs/conversation-tracker/src/persistence/tracker-database.js';
import { type TrackerEventMap, type TrackerEventType } from '../../libs/conversation-tracker/src/ports/event-map.js';
import { type OrderStep } from '../../libs/conversation-tracker/src/ports/order-events.js';
import { type OrderRef } from '../../libs/conversation-tracker/src/ports/order-source.js';
import { type TrackerOptions } from '../../libs/conversation-tracker/src/ports/tracker-options.js';
import { DmarcAlignment } from '../../libs/conversation-tracker/src/settings/dmarc-alignment.js';
import { SettingsService } from '../../libs/conversation-tracker/src/settings/settings.service.js';
import { StoreSettings } from '../../libs/conversation-tracker/src/settings/store-settings.entity.js';
import { createDatabase, type TestDatabase } from './database.js';

const entities = [OutboxEvent, OutboxConsumption, StoreSettings, Participant, Alias, AliasTrace, StoreKeyRow];
const keySet = () => ({ current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });

export const options: TrackerOptions = {
  trackerDomain: 'ct.example.com',
  dmarc: 'relaxed',
  formerTrackerDomains: [],
  defaultStoreId: 'default',
  orderIdProperty: 'orderId',
  purge: { everyMs: 3_600_000 },
  reveals: { perDay: 100, perMinute: 100 },
  aliasCache: { orders: 100, ttlMs: 60_000 },
  mail: { url: 'smtp://127.0.0.1:9' },
  dataDirectory: '/nowhere',
};

/** One process's side of the alias room. */
export interface AliasInstance {
  database: TrackerDatabase;
  storeKeys: StoreKeys;
  log: EventLog;
  consumers: ConsumerRegistry;
  settings: SettingsService;
  aliases: AliasService;
  directory: AliasDirectory;
  control: AliasControl;
  purge: AliasPurge;
  /** Says that an order took a step, and waits until the alias room has followed. */
  say(step: OrderStep, order: OrderRef): Promise<void>;
  /** The payloads of all events of a type, oldest first, whoever told them. */
  told<T extends TrackerEventType>(type: T): Promise<TrackerEventMap[T][]>;
  /** The statements that this instance sent, oldest first. */
  statements: string[];
}

/** A database, a clock that stands still, and as many processes on it as a test starts. */
export class AliasWorld {
  readonly keys = new KeyRing({ encryption: keySet(), index: keySet(), alias: keySet() });
  readonly clock = { time: 0, now: () => this.clock.time };
  /** What the host knows, by order id. */
  readonly orders = new Map<string, object>();
  private readonly running: TrackerDatabase[] = [];

  private constructor(
    private readonly directory: string,
    private readonly rows: TestDatabase,
    readonly host: DataSource,
  ) {}

  static async open(at: string): Promise<AliasWorld> {
    const directory = await mkdtemp(join(tmpdir(), 'ct-alias-'));
    const rows = await createDatabase(directory);
    const host = new DataSource({ ...rows.address, entities, synchronize: true });
    const world = new AliasWorld(directory, rows, await host.initialize());
    world.setTime(at);
    return world;
  }

  setTime(at: string): void {
    this.clock.time = Date.parse(at);
  }

  /** @param given options of that process alone. */
  async start(given: Partial<TrackerOptions> = {}): Promise<AliasInstance> {
    const { keys, clock } = this;
    const own = { ...options, ...given };
    const database = await openTrackerDatabase(this.host, entities);
    this.running.push(database);
    const statements: string[] = [];
    record(database.manager.connection, statements);
    const consumers = new ConsumerRegistry();
    const log = new EventLog(keys, consumers, clock);
    const storeKeys = new StoreKeys(database, keys, clock);
    const settings = new SettingsService(database, storeKeys, log, new DmarcAlignment(own, clock), clock, own);
    const aliases = new AliasService(database, keys, storeKeys, log, settings, clock, own);
    const directory = new AliasDirectory(database, keys, storeKeys, clock, own);
    const control = new AliasControl(database, keys, storeKeys, log, settings, aliases, directory, clock, own);
    const purge = new AliasPurge(database, log, clock);
    const source = { findOrder: async ({ orderId }: OrderRef) => this.orders.get(orderId) };
    const follower = new AliasOrdersConsumer(consumers, database, aliases, settings, source, own);
    const say = async (step: OrderStep, order: OrderRef) => {
      const fact = { step, occurrence: '', data: {} };
      const event = await database.transaction((manager) => log.append(manager, 'order.step', order, fact));
      await database.transaction(await follower.prepare(event!));
    };
    const told = async <T extends TrackerEventType>(type: T) => {
      const rows = await database.manager.find(OutboxEvent, { where: { type }, order: { id: 'ASC' } });
      const events = await Promise.all(rows.map(({ id }) => log.read(database.manager, id)));
      return events.map((event) => event!.payload as TrackerEventMap[T]);
    };
    return { database, storeKeys, log, consumers, settings, aliases, directory, control, purge, say, told, statements };
  }

  async close(): Promise<void> {
    for (const database of this.running) await database.onApplicationShutdown();
    await this.host.destroy();
    await this.rows.drop();
    await rm(this.directory, { recursive: true });
  }
}

function record(connection: DataSource, statements: string[]): void {
  const nothing = () => {};
  const logQuery = (query: string) => void statements.push(query);
  const logger: Logger = {
    logQuery,
    logQueryError: nothing,
    logQuerySlow: nothing,
    logSchemaBuild: nothing,
    logMigration: nothing,
    log: nothing,
  };
  connection.setOptions({ logging: ['query'] });
  connection.logger = logger;
}
