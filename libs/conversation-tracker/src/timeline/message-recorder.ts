import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { TrackerError } from '../kernel/errors.js';
import { insertRows } from '../persistence/insert-rows.js';
import { insertLate } from '../persistence/late-inserts.js';
import { firstWords } from './first-words.js';
import { type StagedBlob, writeBlobs } from './message-blobs.js';
import {
  type IncomingHead,
  type MessageBody,
  type MessageParty,
  type MessageRecipient,
  type StoredAttachmentHead,
} from './message-head.js';
import { MessageVault } from './message-vault.js';
import { Message, type MessageDisposition } from './message.entity.js';
import { MAX_DIAGNOSTIC, TimelineRecipientState, type RecipientState } from './timeline-recipient-state.entity.js';
import { addEntry } from './timeline-writer.js';

/** Somebody whom a message is for, and how far it is on its way. */
export interface RecordedRecipient extends MessageRecipient {
  /** @default queued */
  state?: RecipientState;
  diagnostic?: string;
}

type IncomingColumns = Pick<Message, 'disposition' | 'holdReason' | 'senderIndex' | 'rawKey'>;

export interface NewMessage
  extends Omit<Message, 'sealedHead' | 'bodyKey' | keyof IncomingColumns>, Partial<IncomingColumns> {
  subject: string;
  from: MessageParty;
  /** `state` is `queued` unless the message cannot be sent there at all; `diagnostic` then says why, without an address. */
  recipients: readonly RecordedRecipient[];
  body: MessageBody;
  attachments?: StoredAttachmentHead[];
  /** Of a message that came in. */
  incoming?: IncomingHead;
}

/** A message whose rows are ready to be written. */
export interface PreparedMessage {
  readonly message: Message;
  readonly recipients: readonly TimelineRecipientState[];
  /** Its body, where that is a row. */
  readonly body?: StagedBlob;
}

/** Puts messages on the timeline: a large body first, then the rows in the transaction that queues the deliveries. */
@Injectable()
export class MessageRecorder {
  constructor(private readonly vault: MessageVault) {}

  /** Call it before the transaction; a message that is then never recorded leaves a large body at most. */
  async prepare(newMessage: NewMessage): Promise<PreparedMessage> {
    const { subject, from, recipients, body, attachments, incoming, ...fields } = newMessage;
    const head = {
      subject,
      firstWords: firstWords(body.text, from.name),
      from,
      recipients: recipients.map(toStored),
      attachments,
      incoming,
    };
    const { bodyKey, staged } = await this.vault.stageBody(newMessage, body);
    const message = {
      disposition: null,
      holdReason: null,
      senderIndex: null,
      rawKey: null,
      ...fields,
      bodyKey,
      sealedHead: await this.vault.sealHead(newMessage, head),
    };
    return {
      message,
      recipients: recipients.map((recipient) => stateOf(newMessage.id, recipient, newMessage.createdAt)),
      body: staged,
    };
  }

  /**
   * Writes the message, its recipients and its entry through `manager`.
   * @returns false when a message with that dedupeKey stands there already (R11); then nothing is written.
   */
  async recordMessage(manager: EntityManager, prepared: PreparedMessage): Promise<boolean> {
    const { dedupeKey } = prepared.message;
    // Two processes at the same moment: the unique key fails the later transaction, and its next try ends here.
    if (await manager.existsBy(Message, { dedupeKey })) return false;
    await insertRows(manager, Message, [prepared.message]);
    await this.recordBeside(manager, prepared);
    return true;
  }

  /**
   * Like {@link recordMessage}, for a message of which nothing was known a moment ago: without asking again. Where there is one
   * with that dedupeKey by now, the transaction fails at its end, see `isTaken`.
   */
  async recordNew(manager: EntityManager, prepared: PreparedMessage): Promise<void> {
    await insertLate(manager, Message, prepared.message);
    await this.recordBeside(manager, prepared);
  }

  private async recordBeside(manager: EntityManager, { message, recipients, body }: PreparedMessage): Promise<void> {
    const { id, storeId, orderId, createdAt } = message;
    await writeBlobs(manager, [body]);
    for (const recipient of recipients) await insertLate(manager, TimelineRecipientState, recipient);
    await addEntry(manager, {
      id,
      storeId,
      orderId,
      kind: 'message',
      occurredAt: createdAt,
      source: ['message', id],
      refId: id,
      detail: {},
    });
  }

  /** Which message stands for a fact. */
  async idOf(manager: EntityManager, dedupeKey: string): Promise<string | undefined> {
    return (await manager.findOne(Message, { select: { id: true }, where: { dedupeKey } }))?.id;
  }

  /** A recipient of a message that is just being recorded gets no copy after all. */
  async keepOnly(manager: EntityManager, deliveryId: string): Promise<void> {
    await manager.update(TimelineRecipientState, { deliveryId, state: 'queued' }, { state: 'recorded' });
  }

  /**
   * Adds people to a message that stands there already: the same message came again for them (R11). Those whom it names
   * already stay as they are.
   */
  async addRecipients(
    manager: EntityManager,
    id: string,
    recipients: readonly RecordedRecipient[],
    at: number,
  ): Promise<void> {
    const message = await manager.findOneByOrFail(Message, { id });
    const head = await this.vault.openHead(message, manager);
    const known = new Set(head.recipients.map(({ deliveryId }) => deliveryId));
    const added = recipients.filter(({ deliveryId }) => !known.has(deliveryId));
    if (added.length === 0) return;
    head.recipients.push(...added.map(toStored));
    await manager.update(Message, { id }, { sealedHead: await this.vault.sealHead(message, head, manager) });
    await manager.insert(
      TimelineRecipientState,
      added.map((recipient) => stateOf(id, recipient, at)),
    );
  }

  /**
   * Ends the wait of a held message for some of its recipients.
   * @throws TrackerError `message-not-held` when somebody else ended it meanwhile: the transaction is to be rolled back.
   */
  async settle(
    manager: EntityManager,
    id: string,
    deliveryIds: readonly string[],
    to: { state: RecipientState; disposition: MessageDisposition; from?: MessageParty },
    at: number,
  ): Promise<void> {
    for (const deliveryId of deliveryIds) {
      const held = { deliveryId, messageId: id, state: 'held' as const };
      const { affected } = await manager.update(TimelineRecipientState, held, {
        state: to.state,
        diagnostic: null,
        updatedAt: at,
      });
      if (affected !== 1) throw notHeld();
    }
    const { disposition, from } = to;
    await manager.update(Message, { id }, { disposition });
    if (!from) return;
    const message = await manager.findOneByOrFail(Message, { id });
    const head = { ...(await this.vault.openHead(message, manager)), from };
    await manager.update(Message, { id }, { sealedHead: await this.vault.sealHead(message, head, manager) });
  }
}

/** Nothing of a message waits for anybody's word. */
export function notHeld(): TrackerError {
  return new TrackerError('message-not-held', 'nothing of this message is held (any more): read it again');
}

function toStored({ deliveryId, aliasId, participantId, name, role }: RecordedRecipient): MessageRecipient {
  return { deliveryId, aliasId, participantId, name, role };
}

function stateOf(
  messageId: string,
  { deliveryId, state = 'queued', diagnostic }: RecordedRecipient,
  updatedAt: number,
): TimelineRecipientState {
  return { deliveryId, messageId, state, diagnostic: diagnostic?.slice(0, MAX_DIAGNOSTIC) ?? null, updatedAt };
}
