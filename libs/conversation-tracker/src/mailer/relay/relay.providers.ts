import { type Provider } from '@nestjs/common';
import { AliasDirectory } from '../../alias/alias-directory.js';
import { AliasService } from '../../alias/alias.service.js';
import { ConsumerRegistry } from '../../events/consumer-registry.js';
import { EventLog } from '../../events/event-log.js';
import { type Clock } from '../../kernel/clock.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { CLOCK, TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../../ports/tracker-options.js';
import { SettingsService } from '../../settings/settings.service.js';
import { AttachmentStore } from '../../timeline/attachments/attachment-store.js';
import { MessageReader } from '../../timeline/message-reader.js';
import { MessageRecorder } from '../../timeline/message-recorder.js';
import { TimelineService } from '../../timeline/timeline.service.js';
import { DeliveryQueue } from '../delivery/delivery-queue.js';
import { DeliveryWorker } from '../delivery/delivery-worker.js';
import { RawMessages } from '../delivery/raw-messages.js';
import { ArrivedReader } from './arrived-message.js';
import { AutoReplies } from './auto-replies.js';
import { BounceDesk } from './bounce-desk.js';
import { BounceHandler } from './bounce-handler.js';
import { BounceReportConsumer } from './bounce-report.consumer.js';
import { BulkGuard } from './bulk-guard.js';
import { CopyFinisher } from './copy-finisher.js';
import { FileScan } from './file-scan.js';
import { HeldMail } from './held-mail.service.js';
import { InboundMail } from '../../ports/inbound-mail.js';
import { InboundMailServer } from './inbound-mail.js';
import { IncomingHandler } from './incoming-handler.js';
import { IncomingRecorder, type IncomingRecorderParts } from './incoming-recorder.js';
import { MimeWorkers } from './mime-worker.js';
import { OperatorMail } from './operator-mail.js';
import { OrderRelay, type OrderRelayParts } from './order-relay.js';
import { RelayBudget } from './relay-budget.js';
import { RefusalRecorder } from './refusal-recorder.js';
import { ThreadMap } from './thread-map.js';

/** A provider whose factory is given what `inject` names, in that order. */
const made = (provide: unknown, inject: unknown[], useFactory: (...args: never[]) => unknown) =>
  ({ provide, inject, useFactory }) as Provider;

const parts = [
  made(MimeWorkers, [], () => new MimeWorkers()),
  made(ArrivedReader, [KeyRing, TRACKER_OPTIONS], (keys: KeyRing, options: TrackerOptions) => {
    return new ArrivedReader(keys, trackerDomains(options));
  }),
  made(CopyFinisher, [KeyRing, TRACKER_OPTIONS], (keys: KeyRing, options: TrackerOptions) => {
    return new CopyFinisher(keys, options);
  }),
  made(AutoReplies, [KeyRing], (keys: KeyRing) => new AutoReplies(keys)),
  made(
    ThreadMap,
    [TrackerDatabase, KeyRing, TimelineService],
    (database: TrackerDatabase, keys: KeyRing, timeline: TimelineService) => new ThreadMap(database, keys, timeline),
  ),
  made(
    RefusalRecorder,
    [TrackerDatabase, MessageRecorder, CLOCK],
    (database: TrackerDatabase, recorder: MessageRecorder, clock: Clock) =>
      new RefusalRecorder(database, recorder, clock),
  ),
  made(
    BulkGuard,
    [SettingsService, MessageReader, RefusalRecorder, KeyRing, CLOCK],
    (settings: SettingsService, reader: MessageReader, refusals: RefusalRecorder, keys: KeyRing, clock: Clock) =>
      new BulkGuard(settings, reader, refusals, keys, clock),
  ),
];

const limits = [
  made(FileScan, [TRACKER_OPTIONS], ({ inbound }: TrackerOptions) => new FileScan(inbound?.scanner)),
  made(
    RelayBudget,
    [TrackerDatabase, MessageReader, CLOCK],
    (database: TrackerDatabase, reader: MessageReader, clock: Clock) =>
      new RelayBudget(database, reader, () => clock.now()),
  ),
];

const relay = made(
  OrderRelay,
  [
    AliasService,
    SettingsService,
    MessageReader,
    ThreadMap,
    MimeWorkers,
    FileScan,
    RelayBudget,
    KeyRing,
    TRACKER_OPTIONS,
    CLOCK,
  ],
  (
    aliases: AliasService,
    settings: SettingsService,
    reader: MessageReader,
    threads: ThreadMap,
    workers: MimeWorkers,
    scan: FileScan,
    budget: RelayBudget,
    keys: KeyRing,
    options: TrackerOptions,
    clock: Clock,
  ) => {
    const { trackerDomain, formerTrackerDomains } = options;
    const domains: OrderRelayParts['trackerDomains'] = [trackerDomain, ...formerTrackerDomains];
    return new OrderRelay({
      aliases,
      settings,
      reader,
      threads,
      workers,
      scan,
      budget,
      keys,
      trackerDomains: domains,
      now: () => clock.now(),
    });
  },
);

const recorder = made(
  IncomingRecorder,
  [
    TrackerDatabase,
    EventLog,
    MessageRecorder,
    RawMessages,
    DeliveryQueue,
    ThreadMap,
    AutoReplies,
    CopyFinisher,
    AttachmentStore,
    DeliveryWorker,
  ],
  (
    database: TrackerDatabase,
    log: EventLog,
    messages: MessageRecorder,
    raws: RawMessages,
    queue: DeliveryQueue,
    threads: ThreadMap,
    autoReplies: AutoReplies,
    finisher: CopyFinisher,
    attachments: AttachmentStore,
    worker: DeliveryWorker,
  ) => {
    const wake: IncomingRecorderParts['wake'] = () => worker.wake('relay');
    return new IncomingRecorder({
      database,
      log,
      recorder: messages,
      raws,
      queue,
      threads,
      autoReplies,
      finisher,
      attachments,
      wake,
    });
  },
);

const operator = made(
  OperatorMail,
  [TrackerDatabase, DeliveryQueue, RawMessages, CopyFinisher, KeyRing, TRACKER_OPTIONS, DeliveryWorker],
  (
    database: TrackerDatabase,
    queue: DeliveryQueue,
    raws: RawMessages,
    finisher: CopyFinisher,
    keys: KeyRing,
    { defaultStoreId: storeId }: TrackerOptions,
    worker: DeliveryWorker,
  ) => new OperatorMail({ database, queue, raws, finisher, keys, storeId, wake: () => worker.wake() }),
);

const bounces = [
  made(
    BounceHandler,
    [TrackerDatabase, DeliveryQueue, AliasService, MimeWorkers],
    (database: TrackerDatabase, queue: DeliveryQueue, aliases: AliasService, workers: MimeWorkers) =>
      new BounceHandler(database, queue, aliases, workers),
  ),
  made(
    BounceDesk,
    [BounceHandler, OrderRelay, IncomingRecorder, MessageReader],
    (bounced: BounceHandler, orders: OrderRelay, incoming: IncomingRecorder, messages: MessageReader) =>
      new BounceDesk(bounced, orders, incoming, messages),
  ),
];

const bounceReport = made(
  BounceReportConsumer,
  [
    ConsumerRegistry,
    TrackerDatabase,
    KeyRing,
    MessageReader,
    AliasService,
    AliasDirectory,
    SettingsService,
    CopyFinisher,
    RawMessages,
    DeliveryQueue,
    TRACKER_OPTIONS,
    DeliveryWorker,
  ],
  (
    consumers: ConsumerRegistry,
    database: TrackerDatabase,
    keys: KeyRing,
    messages: MessageReader,
    aliases: AliasService,
    directory: AliasDirectory,
    settings: SettingsService,
    finisher: CopyFinisher,
    raws: RawMessages,
    queue: DeliveryQueue,
    { trackerDomain, formerTrackerDomains }: TrackerOptions,
    worker: DeliveryWorker,
  ) =>
    new BounceReportConsumer({
      consumers,
      database,
      keys,
      messages,
      aliases,
      directory,
      settings,
      finisher,
      raws,
      queue,
      trackerDomains: [trackerDomain, ...formerTrackerDomains],
      wake: () => worker.wake(),
    }),
);

const handler = made(
  IncomingHandler,
  [OrderRelay, IncomingRecorder, OperatorMail, BounceDesk, ArrivedReader],
  (
    orders: OrderRelay,
    incoming: IncomingRecorder,
    operators: OperatorMail,
    bounces: BounceDesk,
    arrived: ArrivedReader,
  ) => new IncomingHandler({ relay: orders, recorder: incoming, operator: operators, bounces, arrived }),
);

/** Mail that comes in, and what becomes of it. */
export const relayProviders: Provider[] = [
  ...parts,
  ...limits,
  relay,
  recorder,
  operator,
  ...bounces,
  bounceReport,
  handler,
  HeldMail,
  InboundMailServer,
  { provide: InboundMail, useExisting: InboundMailServer },
];
