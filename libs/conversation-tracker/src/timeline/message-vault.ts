import { Inject, Injectable } from '@nestjs/common';
import { decrypt, encrypt } from '../persistence/cipher.js';
import { KeyRing } from '../persistence/key-ring.js';
import { BLOB_STORE, type BlobStore } from '../ports/blob-store.js';
import { blobKeyOf } from './blob-key.js';
import { type MessageBody, type MessageHead } from './message-head.js';
import { type Message } from './message.entity.js';

type MessageKey = Pick<Message, 'id' | 'storeId'>;

const headContext = ({ storeId, id }: MessageKey) => `message-head:${storeId}:${id}`;
const bodyContext = ({ storeId, id }: MessageKey) => `message-body:${storeId}:${id}`;

/** Encrypts what messages say, bound to the store and the message. */
@Injectable()
export class MessageVault {
  constructor(
    private readonly keys: KeyRing,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  sealHead(message: MessageKey, head: MessageHead): string {
    return encrypt(JSON.stringify(head), this.keys.encryption.current, headContext(message));
  }

  openHead(message: MessageKey & Pick<Message, 'sealedHead'>): MessageHead {
    return this.open(message.sealedHead, headContext(message)) as MessageHead;
  }

  /** @returns the key under which the body now lies, durably. */
  async storeBody(message: MessageKey, body: MessageBody): Promise<string> {
    const key = blobKeyOf(message.storeId, message.id);
    const sealed = encrypt(JSON.stringify(body), this.keys.encryption.current, bodyContext(message));
    await this.blobs.put(key, Buffer.from(sealed));
    return key;
  }

  /** `undefined` when the BlobStore has lost it. */
  async readBody(message: MessageKey & Pick<Message, 'bodyKey'>): Promise<MessageBody | undefined> {
    const sealed = await this.blobs.get(message.bodyKey);
    return sealed && (this.open(sealed.toString(), bodyContext(message)) as MessageBody);
  }

  private open(sealed: string, context: string): unknown {
    const plain = decrypt(sealed, (keyId) => this.keys.encryption.byId(keyId), context);
    return JSON.parse(plain.toString());
  }
}
