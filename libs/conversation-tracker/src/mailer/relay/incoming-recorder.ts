import { Readable } from 'node:stream';
import { type EntityManager } from 'typeorm';
import { type OrderPerson } from '../../alias/alias.service.js';
import { type EventLog } from '../../events/event-log.js';
import { isHeldCopy } from '../../message/relay/relay-job.js';
import { decodedPieces } from '../../message/mime/transfer-encoding.js';
import { type EncodedFile, type ShownAttachment } from '../../message/relay/attachments.js';
import { type TrackerDatabase } from '../../persistence/tracker-database.js';
import { isTaken } from '../../persistence/unique-conflict.js';
import { type AttachmentStore, type RecordedAttachment } from '../../timeline/attachments/attachment-store.js';
import { type IncomingHead, type MessageParty, type StoredAttachmentHead } from '../../timeline/message-head.js';
import { type MessageRecorder, type PreparedMessage, type RecordedRecipient } from '../../timeline/message-recorder.js';
import { type StagedBlob, writeBlobs } from '../../timeline/message-blobs.js';
import { type MessageDisposition } from '../../timeline/message.entity.js';
import { type RecipientState } from '../../timeline/timeline-recipient-state.entity.js';
import { type DeliveryQueue, type NewDelivery } from '../delivery/delivery-queue.js';
import { type RawMessages, rawKeyOf } from '../delivery/raw-messages.js';
import { isAuthenticated, type SenderVerdict } from '../inbound/verdict/sender-verdict.js';
import { type ArrivedMessage, type ReadMessage } from './arrived-message.js';
import { type AutoReplies } from './auto-replies.js';
import { type CopyFinisher } from './copy-finisher.js';
import { orderPlace } from './hop-places.js';
import { type OrderDecision, type RelayRecipient } from './order-relay.js';
import { partId } from './relay-ids.js';
import { logStep } from '../../ports/mail-trail.js';
import { type ThreadMap } from './thread-map.js';

export interface IncomingRecorderParts {
  database: TrackerDatabase;
  log: EventLog;
  recorder: MessageRecorder;
  raws: RawMessages;
  queue: DeliveryQueue;
  threads: ThreadMap;
  autoReplies: AutoReplies;
  finisher: CopyFinisher;
  attachments: AttachmentStore;
  /** Told once deliveries are committed. */
  wake: () => void;
}

const MAX_PATH = 64;
const MAX_TYPE = 255;
const MAX_REASON = 32;

/** A delivery that is to be queued, with its message where that is a row. */
type RelayCopy = NewDelivery & { blob?: StagedBlob };

/** Another message of the same fact was recorded in between: what was decided names the wrong row. */
export class Overtaken extends Error {}

/** Writes what was decided: files first, then all rows of an order in one transaction. Written twice, it is there once. */
export class IncomingRecorder {
  /** By dedupeKey, the messages that are new and being written. */
  private readonly beingWritten = new Map<string, Promise<unknown>>();

  constructor(private readonly parts: IncomingRecorderParts) {}

  /** @throws Overtaken where it has to be decided anew. */
  async record(message: ArrivedMessage, decision: OrderDecision): Promise<void> {
    const written = decision.isKnown ? this.add(message, decision) : this.recordNew(message, decision);
    await written;
    const { disposition, reason } = dispositionOf(decision);
    const held = reason === undefined ? {} : { reason: shortened(reason) };
    logStep('mail.recorded', { mail: message.id, message: decision.rowId, disposition, ...held });
  }

  /** A message of which nothing is known: as if there were no other one, since the unique key fails the later of two. */
  private async recordNew(message: ArrivedMessage, decision: OrderDecision): Promise<void> {
    const { dedupeKey } = decision;
    const same = this.beingWritten.get(dedupeKey);
    if (same) {
      // Both would fail, and all that shares their commit with them.
      await same.catch(() => undefined);
      throw new Overtaken();
    }
    const writing = this.writeNew(message, decision);
    this.beingWritten.set(dedupeKey, writing);
    try {
      await writing;
    } catch (error) {
      throw isTaken(error) ? new Overtaken() : error;
    } finally {
      this.beingWritten.delete(dedupeKey);
    }
  }

  private async writeNew(message: ArrivedMessage, decision: OrderDecision): Promise<void> {
    const { raws, recorder, database } = this.parts;
    const { storeId } = decision.order;
    const rawKey = rawKeyOf(storeId, partId(decision.rowId, 'original'));
    // One after the other: what fails leaves none under way that reads the message, whose memory is given to the next one.
    const original = await raws.stage(storeId, rawKey, message.raw);
    const copies = await this.storeCopies(message, decision);
    const files = await this.storeFiles(message, decision);
    const prepared = await recorder.prepare(this.rowOf(message, decision, rawKey));
    await database.transaction(async (manager) => {
      const { allowed, refused } = await this.split(manager, message, decision, copies);
      await writeBlobs(manager, [original]);
      await this.insert(manager, message, decision, withoutCopies(prepared, refused), files);
      await this.send(manager, decision, allowed, true);
    });
  }

  private async insert(
    manager: EntityManager,
    { messageId }: ArrivedMessage,
    { order, rowId }: OrderDecision,
    prepared: PreparedMessage,
    files: readonly RecordedAttachment[],
  ): Promise<void> {
    const { recorder, threads, log, attachments } = this.parts;
    await recorder.recordNew(manager, prepared);
    await attachments.record(manager, prepared.message, files);
    await log.append(manager, 'mail.received', order, { messageId: rowId }, rowId);
    const { disposition, holdReason } = prepared.message;
    if (disposition === 'held') {
      const reason = holdReason ?? 'held';
      await log.append(manager, 'mail.held', order, { messageId: rowId, reason }, rowId);
    }
    if (messageId !== undefined) await threads.record(manager, order, rowId, messageId);
  }

  /** The same message again (R11): the same rows after a crash, or others of the order to whom it also goes. */
  private async add(message: ArrivedMessage, decision: OrderDecision): Promise<void> {
    const { recorder, database } = this.parts;
    const { order, dedupeKey, rowId, recipients, kind } = decision;
    const copies = await this.storeCopies(message, decision);
    await database.transaction(async (manager) => {
      // Two of them at one moment would write over each other's recipients.
      await database.lockOrders(manager, [order]);
      if ((await recorder.idOf(manager, dedupeKey)) !== rowId) throw new Overtaken();
      const recorded = recipients.map((one) => toRecorded(one, kind));
      await recorder.addRecipients(manager, rowId, recorded, message.receipt.receivedAt);
      const { allowed, refused } = await this.split(manager, message, decision, copies);
      for (const deliveryId of refused) await recorder.keepOnly(manager, deliveryId);
      await this.send(manager, decision, allowed);
    });
  }

  /** The message's files, as whoever may read the timeline may see them (R42, R44). */
  private async storeFiles(
    { raw }: ArrivedMessage,
    { order: { storeId }, outcome }: OrderDecision,
  ): Promise<RecordedAttachment[]> {
    const stored: RecordedAttachment[] = [];
    for (const { path, type, bytes, encoded } of outcome.attachments) {
      // What lies deeper has a path that its column does not take: the raw message still has it.
      if (path.length > MAX_PATH || type.length > MAX_TYPE) continue;
      const file = bytes ? bufferOf(bytes) : encoded && decodedFile(raw, encoded);
      if (file) stored.push({ ...(await this.parts.attachments.store(storeId, file)), path, type });
    }
    return stored;
  }

  /** A large one is durable before the row that names it. */
  async storeCopies(
    { hops }: Pick<ReadMessage, 'hops'>,
    { order, rowId, recipients }: Pick<OrderDecision, 'order' | 'rowId' | 'recipients'>,
  ): Promise<RelayCopy[]> {
    const { raws, finisher } = this.parts;
    const copies: RelayCopy[] = [];
    for (const { copy, deliveryId, person, aliasId } of recipients) {
      if (!copy) continue;
      const rawKey = rawKeyOf(order.storeId, deliveryId);
      const finished = await finisher.finish(copy, hops, orderPlace(order));
      const blob = await raws.stageToSend(order.storeId, rawKey, finished);
      const { participantId } = person;
      const stream = 'relay' as const;
      copies.push({ ...order, id: deliveryId, messageId: rowId, participantId, aliasId, rawKey, stream, blob });
    }
    return copies;
  }

  /**
   * Queues copies, in the transaction of whatever let them go on.
   * @param isNew where none of them can be queued already.
   */
  async send(
    manager: EntityManager,
    { order, rowId }: Pick<OrderDecision, 'order' | 'rowId'>,
    copies: readonly RelayCopy[],
    isNew = false,
  ): Promise<void> {
    const { queue, log, database, wake } = this.parts;
    if (copies.length === 0) return;
    for (const { blob, ...delivery } of copies) {
      if (isNew) await queue.add(manager, delivery);
      if (isNew || (await queue.addOnce(manager, delivery))) await writeBlobs(manager, [blob]);
    }
    const deliveryIds = copies.map(({ id }) => id);
    await log.append(manager, 'mail.relayed', order, { messageId: rowId, deliveryIds }, deliveryIds.join(' '));
    database.onCommit(manager, () => logStep('mail.relayed', { message: rowId, deliveries: deliveryIds.join(',') }));
    database.onCommit(manager, wake);
  }

  /**
   * Of an out-of-office answer, copies for those who got none from the same person these days (R23), and the ids of the
   * deliveries that are none therefore.
   */
  private async split(
    manager: EntityManager,
    { receipt }: ArrivedMessage,
    { kind, order: { storeId }, rowId, writer, recipients }: OrderDecision,
    copies: readonly RelayCopy[],
  ): Promise<{ allowed: readonly RelayCopy[]; refused: ReadonlySet<string> }> {
    const refused = new Set<string>();
    if (kind !== 'automatic' || !writer) return { allowed: copies, refused };
    for (const { id } of copies) {
      const reader = recipients.find(({ deliveryId }) => deliveryId === id)!.person.address;
      const reply = { storeId, messageId: rowId, writer: writer.address, reader };
      if (!(await this.parts.autoReplies.mayRelay(manager, reply, receipt.receivedAt))) refused.add(id);
    }
    return { allowed: copies.filter(({ id }) => !refused.has(id)), refused };
  }

  private rowOf(message: ArrivedMessage, decision: OrderDecision, rawKey: string) {
    const { order, rowId, dedupeKey, senderIndex, kind, writer, recipients, outcome } = decision;
    const { disposition, reason } = dispositionOf(decision);
    const { attachments, text, html } = outcome;
    return {
      ...order,
      id: rowId,
      direction: 'in' as const,
      step: null,
      internetMessageId: decision.internetMessageId,
      dedupeKey,
      hasAttachment: attachments.some(({ inline }) => !inline),
      disposition,
      holdReason: reason === undefined ? null : shortened(reason),
      senderIndex: senderIndex ?? null,
      rawKey,
      createdAt: message.receipt.receivedAt,
      subject: decision.subject,
      from: writer ? partyOf(writer) : { role: 'contact', name: message.fromName },
      recipients: recipients.map((recipient) => toRecorded(recipient, kind)),
      body: { html, text },
      attachments: attachments.map(toStored),
      incoming: incomingOf(message, decision),
    };
  }
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Decoded on its way to the store. */
function decodedFile(raw: Buffer, { start, end, encoding }: EncodedFile): Readable {
  return Readable.from(decodedPieces(raw.subarray(start, end), encoding), { objectMode: false });
}

function incomingOf(message: ArrivedMessage, { outcome }: OrderDecision): IncomingHead {
  const { verdict } = message.receipt;
  const made = outcome.copies.flatMap((copy) => (isHeldCopy(copy) ? [] : copy));
  const counts = new Map<string, number>();
  for (const { kind, count } of made.flatMap(({ replaced }) => replaced)) {
    counts.set(kind, Math.max(counts.get(kind) ?? 0, count));
  }
  return {
    sender: verdict?.from ?? '',
    verdict: verdictOf(verdict),
    automatic: isAutomatic(message),
    originalMessageId: message.messageId,
    references: message.followedIds,
    replaced: [...counts].map(([kind, count]) => ({ kind, count })),
    notes: [...new Set(made.flatMap(({ notes }) => notes))],
  };
}

function verdictOf(verdict: SenderVerdict | undefined): IncomingHead['verdict'] {
  if (!verdict) return { dmarc: 'none', spf: 'none', dkimDomains: [], verified: false };
  const { dmarc, spf, dkimDomains, integration } = verdict;
  return { dmarc, spf, dkimDomains, integration, verified: isAuthenticated(verdict) };
}

function isAutomatic({ receipt: { sender, verdict } }: ArrivedMessage): boolean {
  const { autoReplied, autoGenerated, bulk, report } = verdict?.nature ?? {};
  return sender === '' || [autoReplied, autoGenerated, bulk, report].includes(true);
}

function dispositionOf(decision: OrderDecision): { disposition: MessageDisposition; reason?: string } {
  const { kind, reason, recipients, outcome } = decision;
  if (outcome.unreadable !== undefined) return { disposition: 'unreadable', reason: outcome.unreadable };
  if (kind === 'hold' || kind === 'refuse' || kind === 'fault') return { disposition: 'held', reason };
  if (kind === 'bounce') return { disposition: 'recorded', reason: 'report' };
  const because = recipients.find((one) => one.because !== undefined)?.because;
  if (because !== undefined) return { disposition: 'held', reason: because };
  return { disposition: recipients.length > 0 ? 'relayed' : 'recorded' };
}

function toRecorded({ deliveryId, person, aliasId, copy, because }: RelayRecipient, kind: OrderDecision['kind']) {
  const state: RecipientState = copy ? 'queued' : kind === 'bounce' ? 'recorded' : 'held';
  const recorded: RecordedRecipient = { ...partyOf(person), aliasId, deliveryId, state };
  return because === undefined ? recorded : { ...recorded, diagnostic: because };
}

/** With recipients who get no copy after all. */
function withoutCopies(prepared: PreparedMessage, refused: ReadonlySet<string>): PreparedMessage {
  if (refused.size === 0) return prepared;
  const { message, recipients, body } = prepared;
  const states = recipients.map(({ deliveryId, messageId, state, diagnostic, updatedAt }) => {
    const isRefused = refused.has(deliveryId) && state === 'queued';
    return { deliveryId, messageId, state: isRefused ? ('recorded' as const) : state, diagnostic, updatedAt };
  });
  return { message, recipients: states, body };
}

/** As its column takes it. */
const shortened = (reason: string) => reason.slice(0, MAX_REASON);

/** Without the octets, which are stored as files. */
function toStored({ path, name, type, size, contentId, inline }: ShownAttachment): StoredAttachmentHead {
  return { path, name, type, size, contentId, inline };
}

function partyOf({ aliasId, participantId, name, role }: OrderPerson): MessageParty {
  return { aliasId, participantId, name, role };
}
