import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { TrackerError } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { placeholderAddress } from '../../message/alias-grammar.js';
import { deriveMessageId } from '../../message/thread.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { ORDER_SOURCE, type OrderRef, type OrderSource } from '../../ports/order-source.js';
import { CLOCK, TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../../ports/tracker-options.js';
import { SettingsService } from '../../settings/settings.service.js';
import { type StoreSettingsValues } from '../../settings/store-settings-values.js';
import { AttachmentStore, type RecordedAttachment } from '../../timeline/attachments/attachment-store.js';
import { AuditTrail } from '../../timeline/audit/audit-trail.js';
import { type StagedBlob, writeBlobs } from '../../timeline/message-blobs.js';
import { MessageReader } from '../../timeline/message-reader.js';
import { MessageRecorder } from '../../timeline/message-recorder.js';
import { type MessageDetailView } from '../../timeline/message-view.js';
import { requireOrder } from '../../timeline/require-order.js';
import { TimelineService } from '../../timeline/timeline.service.js';
import { DeliveryQueue, type NewDelivery } from '../delivery/delivery-queue.js';
import { DeliveryWorker } from '../delivery/delivery-worker.js';
import { rawKeyOf, RawMessages } from '../delivery/raw-messages.js';
import { type MailFile } from '../outbound/own-mail.js';
import { LetterComposer, type LetterCopy } from './letter-composer.service.js';
import { type GivenFile } from './write-request.js';
import { type Addressee, type WrittenPeople, WrittenPeopleFinder } from './written-people.js';
import { WrittenFiles } from './written-files.js';
import { WrittenText } from './written-text.js';

/** What somebody of the store writes. */
export interface Letter {
  to: readonly Addressee[];
  subject: string;
  text: string;
  html?: string;
  /** The row id of the message that it answers. */
  inReplyTo?: string;
  files: readonly GivenFile[];
}

/** Who writes, in which order, and under which name for the request. */
export interface LetterOrigin {
  order: OrderRef;
  /** The actor of the AccessGrant. */
  actor: string;
  /** Of the client: the same request again makes no second message. */
  idempotencyKey?: string;
}

const UNDELIVERABLE = 'the address is none that a mail server would take';

/** Sends what the store writes to people of an order: recorded and queued, a copy for each of them. */
@Injectable()
export class MessageWriter {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly keys: KeyRing,
    private readonly settings: SettingsService,
    private readonly people: WrittenPeopleFinder,
    private readonly timeline: TimelineService,
    private readonly trail: AuditTrail,
    private readonly reader: MessageReader,
    private readonly recorder: MessageRecorder,
    private readonly attachments: AttachmentStore,
    private readonly composer: LetterComposer,
    private readonly files: WrittenFiles,
    private readonly raws: RawMessages,
    private readonly queue: DeliveryQueue,
    private readonly worker: DeliveryWorker,
    @Inject(ORDER_SOURCE) private readonly orders: OrderSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /**
   * The message that a request with this key has made already.
   * @throws TrackerError `order-not-found`.
   */
  async earlier({ order, idempotencyKey }: LetterOrigin): Promise<MessageDetailView | undefined> {
    await requireOrder(this.orders, order);
    const found = idempotencyKey && (await this.reader.byDedupeKey(dedupeKeyOf(order, idempotencyKey)));
    return found ? this.timeline.message(order.storeId, found.row.id) : undefined;
  }

  /**
   * @returns the message as the timeline shows it; its copies are on their way.
   * @throws TrackerError `order-not-found`, or `invalid-input` for a recipient that is nobody of the order, an `inReplyTo` that
   * names no message of it, an address that would show, and files that the store does not want; `mail-deferred` while the
   * scanner of files is away.
   */
  async write(origin: LetterOrigin, letter: Letter): Promise<MessageDetailView> {
    const { order, actor, idempotencyKey } = origin;
    const json = await this.orders.findOrder(order);
    if (!json) throw new TrackerError('order-not-found', 'this store has no order with that id');
    const settings = await this.settings.get(order.storeId);
    const people = await this.people.of(order, json, settings, letter.to);
    const createdAt = this.clock.now();
    const id = newId(createdAt);
    const internetMessageId = this.messageId(order, id);
    const shown = this.shown(letter, people, settings);
    const copies = await this.composer.compose({
      ...shown,
      order,
      messageId: internetMessageId,
      people,
      fromName: nameOf(people, settings),
      publicAddresses: settings.publicAddresses,
      inReplyTo: letter.inReplyTo,
      date: createdAt,
    });
    const made = copies.find(({ raw }) => raw)?.raw;
    if (made && shown.files.length > 0) await this.files.check(made, settings);
    const files = await this.store(order.storeId, shown.files);
    const { store } = people;
    const message = await this.recorder.prepare({
      ...order,
      id,
      direction: 'out',
      step: null,
      internetMessageId,
      dedupeKey: dedupeKeyOf(order, idempotencyKey ?? id),
      hasAttachment: files.length > 0,
      createdAt,
      subject: shown.subject,
      from: {
        aliasId: store?.aliasId,
        participantId: store?.participantId,
        role: 'store',
        name: nameOf(people, settings),
      },
      recipients: copies.map(({ deliveryId, person: { aliasId, participantId, name, role }, raw }) => {
        const party = { deliveryId, aliasId, participantId, name, role };
        return raw ? party : { ...party, state: 'failed' as const, diagnostic: UNDELIVERABLE };
      }),
      body: { text: shown.text, html: shown.html ?? '' },
      attachments: files.map(({ path, type, size }, n) => ({
        path,
        type,
        size,
        name: shown.files[n].name,
        inline: false,
      })),
    });
    const deliveries = await this.keep(order, id, copies);
    const audit = { ...order, actor, action: 'message.written', detail: { messageId: id }, at: createdAt };
    const isNew = await this.database.transaction(async (manager) => {
      // The same request at the same moment finds what the first one has recorded.
      await this.database.lockOrders(manager, [order]);
      if (!(await this.recorder.recordMessage(manager, message))) return false;
      await this.attachments.record(manager, { id, storeId: order.storeId }, files);
      for (const { delivery, copy } of deliveries) {
        await writeBlobs(manager, [copy]);
        await this.queue.add(manager, delivery);
      }
      await this.trail.append(manager, audit);
      this.database.onCommit(manager, () => this.worker.wake());
      return true;
    });
    return isNew ? this.timeline.message(order.storeId, id) : (await this.earlier(origin))!;
  }

  private shown({ subject, text, html, files }: Letter, people: WrittenPeople, settings: StoreSettingsValues) {
    const { publicAddresses } = settings;
    const placeholder = placeholderAddress(this.options.trackerDomain);
    const words = new WrittenText(people, {
      publicAddresses,
      trackerDomains: trackerDomains(this.options),
      placeholder,
    });
    return {
      subject: words.of('subject', subject),
      text: words.of('text', text),
      html: html === undefined ? undefined : words.of('html', html),
      files: files.map((file) => words.file(file)),
    };
  }

  /** In the order in which they stand in the message, behind its text: as `MimeEntity.path` counts them. */
  private async store(storeId: string, files: readonly MailFile[]): Promise<RecordedAttachment[]> {
    const stored: RecordedAttachment[] = [];
    for (const [n, { bytes, type }] of files.entries()) {
      stored.push({ ...(await this.attachments.store(storeId, bytes)), path: String(n + 2), type });
    }
    return stored;
  }

  private async keep(
    order: OrderRef,
    messageId: string,
    copies: readonly LetterCopy[],
  ): Promise<{ delivery: NewDelivery; copy?: StagedBlob }[]> {
    const deliveries: { delivery: NewDelivery; copy?: StagedBlob }[] = [];
    for (const { deliveryId: id, raw, person } of copies) {
      if (!raw) continue;
      const rawKey = rawKeyOf(order.storeId, id);
      const copy = await this.raws.stage(order.storeId, rawKey, raw);
      const { participantId, aliasId } = person;
      deliveries.push({ delivery: { ...order, id, messageId, participantId, aliasId, rawKey }, copy });
    }
    return deliveries;
  }

  private messageId({ storeId }: OrderRef, id: string): string {
    return deriveMessageId(['message', storeId, id], this.keys.index.current.key, this.options.trackerDomain);
  }
}

function nameOf({ store }: WrittenPeople, { senderName }: StoreSettingsValues): string | undefined {
  return senderName ?? store?.name;
}

function dedupeKeyOf({ storeId, orderId }: OrderRef, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify(['written', storeId, orderId, key]))
    .digest('hex');
}
