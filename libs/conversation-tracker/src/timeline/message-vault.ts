import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { StoreKeys } from '../persistence/store-keys.js';
import { blobKeyOf } from './blob-key.js';
import { MessageBlobs, type StagedBlob } from './message-blobs.js';
import { type MessageBody, type MessageHead } from './message-head.js';
import { type Message } from './message.entity.js';

type MessageKey = Pick<Message, 'id' | 'storeId'>;

const headContext = ({ storeId, id }: MessageKey) => `message-head:${storeId}:${id}`;
const bodyContext = ({ storeId, id }: MessageKey) => `message-body:${storeId}:${id}`;

/** What is shown of a message that was made unreadable. */
const forgottenHead = (): MessageHead => ({
  subject: '',
  firstWords: '',
  from: { role: 'participant' },
  recipients: [],
});

/** Encrypts what messages say with the key of their store, bound to the store and the message. */
@Injectable()
export class MessageVault {
  constructor(
    private readonly storeKeys: StoreKeys,
    private readonly blobs: MessageBlobs,
  ) {}

  /** @param manager of the transaction, where there is one. */
  async sealHead(message: MessageKey, head: MessageHead, manager?: EntityManager): Promise<string> {
    const key = await this.storeKeys.of(message.storeId, manager);
    return key.seal(JSON.stringify(head), headContext(message));
  }

  /** @param manager of the transaction, where there is one. */
  async openHead(message: MessageKey & Pick<Message, 'sealedHead'>, manager?: EntityManager): Promise<MessageHead> {
    const key = await this.storeKeys.of(message.storeId, manager);
    const plain = key.open(message.sealedHead, headContext(message));
    return plain ? (JSON.parse(plain.toString()) as MessageHead) : forgottenHead();
  }

  /** @returns the key under which the body lies, durably, or will once what is staged is written. */
  async stageBody(message: MessageKey, body: MessageBody): Promise<{ bodyKey: string; staged?: StagedBlob }> {
    const bodyKey = blobKeyOf(message.storeId, message.id);
    const key = await this.storeKeys.of(message.storeId);
    const sealed = key.sealBytes(Buffer.from(JSON.stringify(body)), bodyContext(message));
    return { bodyKey, staged: await this.blobs.stage(bodyKey, sealed) };
  }

  /** The head under the current key of the store; `undefined` where it is already. */
  async resealHead(message: MessageKey & Pick<Message, 'sealedHead'>): Promise<string | undefined> {
    return (await this.storeKeys.of(message.storeId)).reseal(message.sealedHead, headContext(message));
  }

  /** Brings the body under the current key of the store. */
  async resealBody(message: MessageKey & Pick<Message, 'bodyKey'>): Promise<void> {
    const key = await this.storeKeys.of(message.storeId);
    await this.blobs.change(message.bodyKey, (sealed) => key.resealBytes(sealed, bodyContext(message)));
  }

  /** `undefined` when it was deleted or is lost. */
  async readBody(message: MessageKey & Pick<Message, 'bodyKey'>): Promise<MessageBody | undefined> {
    const sealed = await this.blobs.get(message.bodyKey);
    const key = await this.storeKeys.of(message.storeId);
    const plain = sealed && key.openBytes(sealed, bodyContext(message));
    return plain && (JSON.parse(plain.toString()) as MessageBody);
  }
}
