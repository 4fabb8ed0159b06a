import { Module } from '@nestjs/common';
import { AliasService } from '../alias/alias.service.js';
import { EventLog } from '../events/event-log.js';
import { type Clock } from '../kernel/clock.js';
import { KeyRing } from '../persistence/key-ring.js';
import { StoreKeys } from '../persistence/store-keys.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { MAIL_TRANSPORT, type MailTransport } from '../ports/mail-transport.js';
import { CLOCK, TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';
import { SettingsModule } from '../settings/settings.module.js';
import { MessageBlobs } from '../timeline/message-blobs.js';
import { TimelineModule } from '../timeline/timeline.module.js';
import { CannedRepliesController, OrderRepliesController } from './canned-replies/canned-replies.controller.js';
import { CannedReplies } from './canned-replies/canned-replies.service.js';
import { DeliveryQueue } from './delivery/delivery-queue.js';
import { DeliveryWorker } from './delivery/delivery-worker.js';
import { MailCopies } from './delivery/mail-copies.js';
import { MailErasure } from './delivery/mail-erasure.js';
import { MailResealing } from './delivery/mail-resealing.js';
import { MailRetention } from './delivery/mail-retention.js';
import { RawMessages } from './delivery/raw-messages.js';
import { FastifyRawMail } from './inbound/webhook/fastify-raw-mail.js';
import { RawMailController } from './inbound/webhook/raw-mail.controller.js';
import { MailPeopleFinder } from './mail-people.js';
import { MessageResendController } from './message-resend.controller.js';
import { MessageResend } from './message-resend.service.js';
import { RawMessageController } from './raw-message.controller.js';
import { RawMessageReader } from './raw-message.service.js';
import { HeldMailController, HeldMessagesController } from './relay/held-mail.controller.js';
import { InboundMail } from '../ports/inbound-mail.js';
import { HeldMail } from './relay/held-mail.service.js';
import { MimeWorkers } from './relay/mime-worker.js';
import { InboundMailServer } from './relay/inbound-mail.js';
import { OPERATOR } from './relay/operator-mail.js';
import { relayProviders } from './relay/relay.providers.js';
import { MailComposer } from './outbound/mail-composer.js';
import { MailTemplates } from './outbound/mail-templates.js';
import { SetupController } from './setup/setup.controller.js';
import { Setup } from './setup/setup.service.js';
import { StoreTemplates } from './store-templates/store-templates.service.js';
import { TemplateOverrideController } from './store-templates/template-override.controller.js';
import { TemplateOverrides } from './store-templates/template-overrides.service.js';
import { TemplateTrial } from './store-templates/template-trial.service.js';
import { TemplateVault } from './store-templates/template-vault.js';
import { StatusMailConsumer } from './status-mail.consumer.js';
import { TemplatePreviews } from './template-preview.service.js';
import { TemplateController } from './template.controller.js';
import { OwnMail } from './outbound/own-mail.js';
import { FormContentType } from './write/form-content-type.js';
import { LetterComposer } from './write/letter-composer.service.js';
import { LetterCopies } from './write/letter-copies.service.js';
import { MessageReply } from './write/message-reply.service.js';
import { MessageWriter } from './write/message-writer.service.js';
import { ReplyController, WriteMessageController } from './write/write-message.controller.js';
import { Submissions } from './write/submissions.js';
import { WrittenFiles } from './write/written-files.js';
import { WrittenPeopleFinder } from './write/written-people.js';
import { createMailTransport } from './transport/create-mail-transport.js';

const outbound = [
  {
    provide: MailTemplates,
    useFactory: ({ templatesDirectory }: TrackerOptions) => MailTemplates.load(templatesDirectory),
    inject: [TRACKER_OPTIONS],
  },
  {
    provide: MailComposer,
    useFactory: (templates: MailTemplates, keys: KeyRing, options: TrackerOptions, workers: MimeWorkers) =>
      new MailComposer(templates, keys, options, (raw, rules) => workers.findsLeak(raw, rules)),
    inject: [MailTemplates, KeyRing, TRACKER_OPTIONS, MimeWorkers],
  },
  {
    provide: OwnMail,
    useFactory: (options: TrackerOptions, workers: MimeWorkers) =>
      new OwnMail(options, (raw, rules) => workers.findsLeak(raw, rules)),
    inject: [TRACKER_OPTIONS, MimeWorkers],
  },
  {
    provide: MAIL_TRANSPORT,
    useFactory: ({ mail }: TrackerOptions) => createMailTransport(mail),
    inject: [TRACKER_OPTIONS],
  },
];

const delivery = [
  {
    provide: RawMessages,
    useFactory: (blobs: MessageBlobs, storeKeys: StoreKeys) => new RawMessages(blobs, storeKeys),
    inject: [MessageBlobs, StoreKeys],
  },
  {
    provide: MailResealing,
    useFactory: (database: TrackerDatabase, raws: RawMessages) => new MailResealing(database, raws),
    inject: [TrackerDatabase, RawMessages],
  },
  {
    provide: MailRetention,
    useFactory: (database: TrackerDatabase, raws: RawMessages) => new MailRetention(database, raws),
    inject: [TrackerDatabase, RawMessages],
  },
  {
    provide: MailCopies,
    useFactory: (database: TrackerDatabase, raws: RawMessages) => new MailCopies(database, raws),
    inject: [TrackerDatabase, RawMessages],
  },
  {
    provide: MailErasure,
    useFactory: (database: TrackerDatabase, raws: RawMessages) => new MailErasure(database, raws),
    inject: [TrackerDatabase, RawMessages],
  },
  {
    provide: DeliveryQueue,
    useFactory: (
      database: TrackerDatabase,
      log: EventLog,
      keys: KeyRing,
      { trackerDomain, relayed }: TrackerOptions,
      clock: Clock,
    ) => new DeliveryQueue(database, log, keys, trackerDomain, clock, Math.random, relayed?.bounceLabel),
    inject: [TrackerDatabase, EventLog, KeyRing, TRACKER_OPTIONS, CLOCK],
  },
  {
    provide: DeliveryWorker,
    useFactory: (
      queue: DeliveryQueue,
      raws: RawMessages,
      aliases: AliasService,
      transport: MailTransport,
      { inbound }: TrackerOptions,
    ) => {
      const realAddress = async (storeId: string, participantId: string) =>
        participantId === OPERATOR ? inbound?.operatorAddress : aliases.realAddress(storeId, participantId);
      return new DeliveryWorker(queue, raws, { realAddress }, transport);
    },
    inject: [DeliveryQueue, RawMessages, AliasService, MAIL_TRANSPORT, TRACKER_OPTIONS],
  },
];

/** Sends the order mails, and carries what people write to aliases. What is wrong with its templates, its DKIM key or its mail server's URL stops the start. */
@Module({
  imports: [SettingsModule, TimelineModule],
  controllers: [
    MessageResendController,
    TemplateController,
    TemplateOverrideController,
    RawMessageController,
    WriteMessageController,
    ReplyController,
    HeldMessagesController,
    HeldMailController,
    RawMailController,
    SetupController,
    CannedRepliesController,
    OrderRepliesController,
  ],
  providers: [
    ...outbound,
    ...delivery,
    CannedReplies,
    MessageResend,
    RawMessageReader,
    FormContentType,
    LetterComposer,
    LetterCopies,
    MessageReply,
    MessageWriter,
    WrittenFiles,
    WrittenPeopleFinder,
    MailPeopleFinder,
    StatusMailConsumer,
    Setup,
    StoreTemplates,
    Submissions,
    TemplateOverrides,
    TemplatePreviews,
    TemplateTrial,
    TemplateVault,
    ...relayProviders,
    FastifyRawMail,
  ],
  exports: [
    CannedReplies,
    DeliveryQueue,
    HeldMail,
    InboundMail,
    InboundMailServer,
    MailCopies,
    MailErasure,
    MailResealing,
    MailRetention,
    MessageReply,
    MessageResend,
    MessageWriter,
    Setup,
    Submissions,
    TemplateOverrides,
    TemplatePreviews,
    TemplateTrial,
    TemplateVault,
  ],
})
export class MailerModule {}
