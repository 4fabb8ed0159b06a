import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { firstWords } from './first-words.js';
import { type MessageBody, type MessageParty, type MessageRecipient } from './message-head.js';
import { MessageVault } from './message-vault.js';
import { Message } from './message.entity.js';
import { MAX_DIAGNOSTIC, TimelineRecipientState, type RecipientState } from './timeline-recipient-state.entity.js';
import { addEntry } from './timeline-writer.js';

export interface NewMessage extends Omit<Message, 'sealedHead' | 'bodyKey'> {
  subject: string;
  from: MessageParty;
  /** `state` is `queued` unless the message cannot be sent there at all; `diagnostic` then says why, without an address. */
  recipients: readonly (MessageRecipient & { state?: RecipientState; diagnostic?: string })[];
  body: MessageBody;
}

/** A message whose body lies in the BlobStore and whose rows are ready to be written. */
export interface PreparedMessage {
  readonly message: Message;
  readonly recipients: readonly TimelineRecipientState[];
}

/** Puts messages on the timeline: the body first, then the rows in the transaction that queues the deliveries. */
@Injectable()
export class MessageRecorder {
  constructor(private readonly vault: MessageVault) {}

  /** Stores the body. Call it before the transaction; a message that is then never recorded leaves only that body. */
  async prepare(newMessage: NewMessage): Promise<PreparedMessage> {
    const { subject, from, recipients, body, ...fields } = newMessage;
    const head = {
      subject,
      firstWords: firstWords(body.text, from.name),
      from,
      recipients: recipients.map(({ deliveryId, aliasId, participantId, name, role }) => ({
        deliveryId,
        aliasId,
        participantId,
        name,
        role,
      })),
    };
    const bodyKey = await this.vault.storeBody(newMessage, body);
    return {
      message: { ...fields, bodyKey, sealedHead: this.vault.sealHead(newMessage, head) },
      recipients: recipients.map(({ deliveryId, state = 'queued', diagnostic }) => ({
        deliveryId,
        messageId: newMessage.id,
        state,
        diagnostic: diagnostic?.slice(0, MAX_DIAGNOSTIC) ?? null,
        updatedAt: newMessage.createdAt,
      })),
    };
  }

  /**
   * Writes the message, its recipients and its entry through `manager`.
   * @returns false when a message with that dedupeKey stands there already (R11); then nothing is written.
   */
  async recordMessage(manager: EntityManager, { message, recipients }: PreparedMessage): Promise<boolean> {
    const { id, storeId, orderId, dedupeKey, createdAt } = message;
    // Two processes at the same moment: the unique key fails the later transaction, and its next try ends here.
    if (await manager.existsBy(Message, { dedupeKey })) return false;
    await manager.insert(Message, message);
    if (recipients.length > 0) await manager.insert(TimelineRecipientState, [...recipients]);
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
    return true;
  }
}
