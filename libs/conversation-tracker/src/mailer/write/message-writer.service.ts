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
import { writeBlobs } from '../../timeline/message-blobs.js';
import { MessageReader } from '../../timeline/message-reader.js';
import { MessageRecorder } from '../../timeline/message-recorder.js';
import { type MessageDetailView } from '../../timeline/message-view.js';
import { requireOrder } from '../../timeline/require-order.js';
import { TimelineService } from '../../timeline/timeline.service.js';
import { DeliveryQueue } from '../delivery/delivery-queue.js';
import { DeliveryWorker } from '../delivery/delivery-worker.js';
import { type MailFile } from '../outbound/own-mail.js';
import { LetterCopies } from './letter-copies.service.js';
import { type GivenFile } from './write-request.js';
import { type Addressee, type WrittenPeople, WrittenPeopleFinder } from './written-people.js';
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
    private readonly copies: LetterCopies,
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
    const shown = this.shown(order.storeId, letter, people, settings);
    const { store } = people;
    const copies = await this.copies.keep(
      {
        ...shown,
        order,
        messageId: internetMessageId,
        people,
        fromName: nameOf(people, settings),
        publicAddresses: settings.publicAddresses,
        inReplyTo: letter.inReplyTo,
        date: createdAt,
      },
      settings,
    );
    const files = filesOf(letter.files, shown.files);
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
      recipients: copies.map(({ deliveryId, person: { aliasId, participantId, name, role }, rawKey }) => {
        const party = { deliveryId, aliasId, participantId, name, role };
        return rawKey ? party : { ...party, state: 'failed' as const, diagnostic: UNDELIVERABLE };
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
    const audit = { ...order, actor, action: 'message.written', detail: { messageId: id }, at: createdAt };
    const isNew = await this.database.transaction(async (manager) => {
      // The same request at the same moment finds what the first one has recorded.
      await this.database.lockOrders(manager, [order]);
      if (!(await this.recorder.recordMessage(manager, message))) return false;
      await this.attachments.record(manager, { id, storeId: order.storeId }, files);
      for (const { deliveryId, person, rawKey, staged } of copies) {
        if (!rawKey) continue;
        const { participantId, aliasId } = person;
        await writeBlobs(manager, [staged]);
        await this.queue.add(manager, { ...order, id: deliveryId, messageId: id, participantId, aliasId, rawKey });
      }
      await this.trail.append(manager, audit);
      this.database.onCommit(manager, () => this.worker.wake());
      return true;
    });
    if (isNew) return this.timeline.message(order.storeId, id);
    await this.copies.discard(copies);
    return (await this.earlier(origin))!;
  }

  private shown(
    storeId: string,
    { subject, text, html, files }: Letter,
    people: WrittenPeople,
    settings: StoreSettingsValues,
  ) {
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
      files: files.map((file) => ({
        ...words.file(file),
        size: file.stored.size,
        open: () => this.attachments.open(storeId, file.stored),
      })),
    };
  }

  private messageId({ storeId }: OrderRef, id: string): string {
    return deriveMessageId(['message', storeId, id], this.keys.index.current.key, this.options.trackerDomain);
  }
}

/** In the order in which they stand in the message, behind its text: as `MimeEntity.path` counts them. */
function filesOf(given: readonly GivenFile[], shown: readonly MailFile[]): RecordedAttachment[] {
  return given.map(({ stored }, n) => ({ ...stored, path: String(n + 2), type: shown[n].type }));
}

function nameOf({ store }: WrittenPeople, { senderName }: StoreSettingsValues): string | undefined {
  return senderName ?? store?.name;
}

function dedupeKeyOf({ storeId, orderId }: OrderRef, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify(['written', storeId, orderId, key]))
    .digest('hex');
}
