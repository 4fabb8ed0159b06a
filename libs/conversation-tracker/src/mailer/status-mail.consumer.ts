import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type LiveAlias } from '../alias/alias.service.js';
import { ConsumerRegistry } from '../events/consumer-registry.js';
import { type EventConsumer, type EventEffect } from '../events/event-consumer.js';
import { type Clock } from '../kernel/clock.js';
import { isTrackerError, TrackerError } from '../kernel/errors.js';
import { placeholderAddress } from '../message/alias-grammar.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type TrackerEvent } from '../ports/event-map.js';
import { ORDER_SOURCE, type OrderRef, type OrderSource } from '../ports/order-source.js';
import { CLOCK, TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';
import { SettingsService } from '../settings/settings.service.js';
import { type StoreSettingsValues } from '../settings/store-settings-values.js';
import { type StagedBlob, writeBlobs } from '../timeline/message-blobs.js';
import { type MessageParty } from '../timeline/message-head.js';
import { MessageRecorder, type PreparedMessage } from '../timeline/message-recorder.js';
import { DeliveryQueue, type NewDelivery } from './delivery/delivery-queue.js';
import { DeliveryWorker } from './delivery/delivery-worker.js';
import { rawKeyOf, RawMessages } from './delivery/raw-messages.js';
import { type MailPeople, MailPeopleFinder } from './mail-people.js';
import { type ComposedMail, MailComposer } from './outbound/mail-composer.js';
import { type StatusMailIds, statusMailIds } from './status-mail-ids.js';
import { StoreTemplates } from './store-templates/store-templates.service.js';

type StepEvent = TrackerEvent<'order.step'>;

/** All that the mail of one step needs. */
interface StatusMail extends MailPeople {
  event: StepEvent;
  ref: OrderRef;
  order: object;
  settings: Readonly<StoreSettingsValues>;
  ids: StatusMailIds;
}

/** A host that publishes outside its transaction may be heard before it has committed the order. */
const ORDER_GRACE_MS = 30_000;
const UNDELIVERABLE = "the customer's address is none that a mail server would take";

const nothing: EventEffect = async () => undefined;

/** Mails the customer at each step that has a template and that the store wants told: once per step and occurrence. */
@Injectable()
export class StatusMailConsumer implements EventConsumer<'order.step'>, OnModuleInit {
  readonly name = 'status-mail';
  readonly types = ['order.step'] as const;
  private readonly logger = new Logger('ConversationTracker');

  constructor(
    private readonly consumers: ConsumerRegistry,
    private readonly database: TrackerDatabase,
    private readonly settings: SettingsService,
    private readonly people: MailPeopleFinder,
    private readonly templates: StoreTemplates,
    private readonly composer: MailComposer,
    private readonly recorder: MessageRecorder,
    private readonly rawMessages: RawMessages,
    private readonly queue: DeliveryQueue,
    private readonly worker: DeliveryWorker,
    @Inject(ORDER_SOURCE) private readonly orders: OrderSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  onModuleInit(): void {
    this.consumers.register(this);
  }

  async prepare(event: StepEvent): Promise<EventEffect> {
    const mail = await this.read(event);
    if (!mail) return nothing;
    const composed = await this.compose(mail);
    if (typeof composed === 'string') return this.recordOnly(mail, composed);
    return mail.customer.deliverable ? this.queueMail(mail, composed) : this.recordOnly(mail, UNDELIVERABLE, composed);
  }

  /** `undefined` where nobody is to be mailed: the timeline shows the step all the same. */
  private async read(event: StepEvent): Promise<StatusMail | undefined> {
    const { storeId, orderId = '', occurredAt, payload } = event;
    const settings = await this.settings.get(storeId);
    if (!settings.mailSteps.includes(payload.step) || !this.templates.steps.includes(payload.step)) return undefined;
    const ref = { storeId, orderId };
    const order = await this.orders.findOrder(ref);
    if (!order) {
      if (this.clock.now() >= occurredAt + ORDER_GRACE_MS) return undefined;
      throw new TrackerError('order-not-found', 'this store has no order with that id yet');
    }
    const people = await this.people.of(ref, order, settings);
    return people && { ...people, event, ref, order, settings, ids: statusMailIds(event) };
  }

  /** The mail, or why there is none: what the composer refuses it refuses every time. */
  private async compose(mail: StatusMail): Promise<ComposedMail | string> {
    const { event, ref, order, settings, ids, customer, store, protect } = mail;
    try {
      return await this.composer.compose({
        ...ref,
        ...event.payload,
        order,
        settings,
        messageId: ids.message,
        // An answer to a store without an address is refused at once instead of lost (R3).
        from: { address: store?.alias ?? placeholderAddress(this.options.trackerDomain), name: nameOf(mail) },
        to: { address: customer.alias, name: customer.name },
        // Of the fact, not of the attempt: whoever makes the mail again makes the same bytes.
        date: event.occurredAt,
        protect,
        templates: await this.templates.of(ref.storeId),
      });
    } catch (error) {
      if (!isTrackerError(error)) throw error;
      this.logger.error(`no mail for event ${event.id} (${error.code})`);
      return error.detail;
    }
  }

  private async queueMail(mail: StatusMail, composed: ComposedMail): Promise<EventEffect> {
    const { ref, ids, customer } = mail;
    const rawKey = rawKeyOf(ref.storeId, ids.delivery);
    const { participantId, aliasId } = customer;
    const delivery = { ...ref, id: ids.delivery, messageId: ids.message, participantId, aliasId, rawKey };
    const copy = await this.rawMessages.stage(ref.storeId, rawKey, composed.raw);
    return this.write(await this.record(mail, composed), { delivery, copy });
  }

  /** A mail that cannot be sent stands on the timeline with the reason, so that somebody may call the customer. */
  private async recordOnly(mail: StatusMail, diagnostic: string, composed?: ComposedMail): Promise<EventEffect> {
    // Without a mail, the step's name stands where its subject would.
    const shown = composed ?? { internetMessageId: '', subject: mail.event.payload.step, text: '', html: '' };
    return this.write(await this.record(mail, shown, diagnostic));
  }

  private record(
    mail: StatusMail,
    { internetMessageId, subject, html, text }: Pick<ComposedMail, 'internetMessageId' | 'subject' | 'html' | 'text'>,
    diagnostic?: string,
  ): Promise<PreparedMessage> {
    const { event, ref, ids, customer, store } = mail;
    const state = diagnostic === undefined ? 'queued' : 'failed';
    return this.recorder.prepare({
      ...ref,
      id: ids.message,
      direction: 'out',
      step: event.payload.step,
      internetMessageId,
      dedupeKey: ids.dedupeKey,
      hasAttachment: false,
      createdAt: event.occurredAt,
      subject,
      from: { ...(store && partyOf(store)), role: 'store', name: nameOf(mail) },
      recipients: [{ ...partyOf(customer), role: 'customer', deliveryId: ids.delivery, state, diagnostic }],
      body: { html, text },
    });
  }

  private write(message: PreparedMessage, sent?: { delivery: NewDelivery; copy?: StagedBlob }): EventEffect {
    return async (manager) => {
      if (!(await this.recorder.recordMessage(manager, message)) || !sent) return;
      await writeBlobs(manager, [sent.copy]);
      await this.queue.add(manager, sent.delivery);
      this.database.onCommit(manager, () => this.worker.wake());
    };
  }
}

function nameOf({ settings, store }: StatusMail): string | undefined {
  return settings.senderName ?? store?.name;
}

function partyOf({ aliasId, participantId, name }: LiveAlias): Omit<MessageParty, 'role'> {
  return { aliasId, participantId, name };
}
