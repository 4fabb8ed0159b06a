import { Injectable } from '@nestjs/common';
import { type EventEffect } from '../events/event-consumer.js';
import { isTrackerError } from '../kernel/errors.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type TrackerEvent } from '../ports/event-map.js';
import { type StoreSettingsValues } from '../settings/store-settings-values.js';
import { MessageRecorder, type NewMessage } from '../timeline/message-recorder.js';
import { DeliveryQueue } from './delivery/delivery-queue.js';
import { DeliveryWorker } from './delivery/delivery-worker.js';
import { rawKeyOf, RawMessages } from './delivery/raw-messages.js';
import { type ComposedMail, MailComposer, type MailToCompose } from './outbound/mail-composer.js';
import { idAfter, statusMailKey } from './status-mail-ids.js';
import { type StatusMailParties } from './status-mail-parties.js';

/** All that the mail of one event is made from. */
export interface StatusMail {
  event: TrackerEvent<'order.step'> & { orderId: string };
  order: object;
  settings: Readonly<StoreSettingsValues>;
  parties: StatusMailParties;
}

/** A mail, or why there can be none, without an address. */
type Composed = { mail: ComposedMail } | { reason: string };

const BROKEN_ADDRESS = "the customer's address is none that a mail server takes";

/** Makes a status mail and says how it is recorded and queued in one transaction. */
@Injectable()
export class StatusMailMaker {
  constructor(
    private readonly composer: MailComposer,
    private readonly recorder: MessageRecorder,
    private readonly raws: RawMessages,
    private readonly queue: DeliveryQueue,
    private readonly worker: DeliveryWorker,
    private readonly database: TrackerDatabase,
  ) {}

  /** Body and raw message are durable when it resolves; who never runs the effect leaves only them. */
  async make(source: StatusMail): Promise<EventEffect> {
    const { event, parties } = source;
    const { storeId, orderId } = event;
    const id = idAfter(event.id, 'delivery');
    const messageId = idAfter(event.id, 'message');
    const rawKey = rawKeyOf(storeId, id);
    const composed = await this.compose(source, messageId);
    const failure = whyNotSent(composed, parties);
    const message = await this.recorder.prepare(toMessage(source, messageId, id, composed, failure));
    if ('mail' in composed && failure === undefined) await this.raws.put(storeId, rawKey, composed.mail.raw);
    return async (manager) => {
      if (!(await this.recorder.recordMessage(manager, message)) || failure !== undefined) return;
      const { participantId, aliasId } = parties.customer;
      await this.queue.add(manager, { id, storeId, orderId, messageId, participantId, aliasId, rawKey });
      this.database.onCommit(manager, () => this.worker.wake());
    };
  }

  /** What trying again does not help is shown on the timeline and holds up no later step of the order. */
  private async compose(source: StatusMail, messageId: string): Promise<Composed> {
    try {
      return { mail: await this.composer.compose(toCompose(source, messageId)) };
    } catch (error) {
      if (isTrackerError(error)) return { reason: `${error.code}: ${error.detail}` };
      throw error;
    }
  }
}

function toCompose({ event, order, settings, parties }: StatusMail, messageId: string): MailToCompose {
  const { storeId, orderId, occurredAt, payload } = event;
  const { customer, fromAddress, protect } = parties;
  return {
    storeId,
    orderId,
    ...payload,
    order,
    settings,
    messageId,
    from: { address: fromAddress, name: settings.senderName },
    to: { address: customer.alias, name: customer.name },
    date: occurredAt,
    protect,
  };
}

function whyNotSent(composed: Composed, { customer }: StatusMailParties): string | undefined {
  if (!customer.deliverable) return BROKEN_ADDRESS;
  return 'reason' in composed ? composed.reason : undefined;
}

function toMessage(
  { event, settings, parties }: StatusMail,
  id: string,
  deliveryId: string,
  composed: Composed,
  diagnostic: string | undefined,
): NewMessage {
  const { storeId, orderId, occurredAt, payload } = event;
  const { step, occurrence } = payload;
  const { customer, store } = parties;
  const { aliasId, participantId, name } = customer;
  const state = diagnostic === undefined ? 'queued' : 'failed';
  return {
    id,
    storeId,
    orderId,
    direction: 'out',
    step,
    dedupeKey: statusMailKey({ storeId, orderId }, step, occurrence),
    hasAttachment: false,
    createdAt: occurredAt,
    from: { aliasId: store?.aliasId, participantId: store?.participantId, name: settings.senderName, role: 'store' },
    recipients: [{ deliveryId, aliasId, participantId, name, role: 'customer', state, diagnostic }],
    ...contentOf(composed, id, step),
  };
}

function contentOf(
  composed: Composed,
  id: string,
  step: string,
): Pick<NewMessage, 'internetMessageId' | 'subject' | 'body'> {
  if ('reason' in composed) return { internetMessageId: `<${id}>`, subject: step, body: { text: '', html: '' } };
  const { internetMessageId, subject, text, html } = composed.mail;
  return { internetMessageId, subject, body: { text, html } };
}
