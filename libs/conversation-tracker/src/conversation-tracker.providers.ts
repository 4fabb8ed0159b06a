import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import {
  type ConversationTrackerExtras,
  type ConversationTrackerOptions,
  type CustomProvider,
  providePort,
} from './conversation-tracker.options.js';
import { ConversationTracker } from './conversation-tracker.service.js';
import { ConsumerRegistry } from './events/consumer-registry.js';
import { EventLog } from './events/event-log.js';
import { EventWorker } from './events/event-worker.js';
import { HostEventsConsumer } from './events/host-events.consumer.js';
import { type Clock, systemClock } from './kernel/clock.js';
import { KeyRing } from './persistence/key-ring.js';
import { openTrackerDatabase } from './persistence/open-database.js';
import { StoreKeys } from './persistence/store-keys.js';
import { TrackerDatabase } from './persistence/tracker-database.js';
import { ACCESS_POLICY } from './ports/access-policy.js';
import { ORDER_SOURCE } from './ports/order-source.js';
import { CLOCK, TRACKER_OPTIONS } from './ports/tracker-options.js';
import { resolveOptions } from './resolve-options.js';
import { conversationTrackerEntities } from './schema.js';

/** Under which token the module builder provides the options as the host gave them. */
export const GIVEN_OPTIONS = Symbol.for('nestjs-conversation-tracker/given-options');

/** What every room may inject. */
export function coreProviders({ orderSource, accessPolicy, dataSource }: ConversationTrackerExtras): CustomProvider[] {
  return [
    { provide: TRACKER_OPTIONS, useFactory: resolveOptions, inject: [GIVEN_OPTIONS] },
    {
      provide: CLOCK,
      useFactory: ({ clock }: ConversationTrackerOptions) => clock ?? systemClock,
      inject: [GIVEN_OPTIONS],
    },
    {
      provide: KeyRing,
      useFactory: ({ keys }: ConversationTrackerOptions) => new KeyRing(keys),
      inject: [GIVEN_OPTIONS],
    },
    {
      provide: TrackerDatabase,
      useFactory: (host: DataSource) => openTrackerDatabase(host, conversationTrackerEntities),
      inject: [getDataSourceToken(dataSource)],
    },
    {
      provide: StoreKeys,
      useFactory: (database: TrackerDatabase, keys: KeyRing, clock: Clock) => new StoreKeys(database, keys, clock),
      inject: [TrackerDatabase, KeyRing, CLOCK],
    },
    { provide: ConsumerRegistry, useClass: ConsumerRegistry },
    {
      provide: EventLog,
      useFactory: (keys: KeyRing, consumers: ConsumerRegistry, clock: Clock) => new EventLog(keys, consumers, clock),
      inject: [KeyRing, ConsumerRegistry, CLOCK],
    },
    {
      provide: EventWorker,
      useFactory: (database: TrackerDatabase, log: EventLog, consumers: ConsumerRegistry, clock: Clock) =>
        new EventWorker(database, log, consumers, clock),
      inject: [TrackerDatabase, EventLog, ConsumerRegistry, CLOCK],
    },
    { provide: ConversationTracker, useClass: ConversationTracker },
    { provide: HostEventsConsumer, useClass: HostEventsConsumer },
    providePort(ORDER_SOURCE, 'orderSource', orderSource),
    providePort(ACCESS_POLICY, 'accessPolicy', accessPolicy),
  ];
}
