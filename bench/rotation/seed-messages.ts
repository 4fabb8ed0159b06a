import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type INestApplication } from '@nestjs/common';
import { AliasService } from '../../libs/conversation-tracker/src/alias/alias.service.js';
import { newId } from '../../libs/conversation-tracker/src/kernel/ids.js';
import { Delivery } from '../../libs/conversation-tracker/src/mailer/delivery/delivery.entity.js';
import { rawKeyOf } from '../../libs/conversation-tracker/src/mailer/delivery/raw-messages.js';
import { MessageRef } from '../../libs/conversation-tracker/src/mailer/relay/message-ref.entity.js';
import { partId, senderIndexOf } from '../../libs/conversation-tracker/src/mailer/relay/relay-ids.js';
import { KeyRing } from '../../libs/conversation-tracker/src/persistence/key-ring.js';
import { type StoreKey } from '../../libs/conversation-tracker/src/persistence/store-key.js';
import { StoreKeys } from '../../libs/conversation-tracker/src/persistence/store-keys.js';
import { TrackerDatabase } from '../../libs/conversation-tracker/src/persistence/tracker-database.js';
import { AttachmentStore } from '../../libs/conversation-tracker/src/timeline/attachments/attachment-store.js';
import { blobKeyOf } from '../../libs/conversation-tracker/src/timeline/blob-key.js';
import { Message } from '../../libs/conversation-tracker/src/timeline/message.entity.js';
import { TimelineRecipientState } from '../../libs/conversation-tracker/src/timeline/timeline-recipient-state.entity.js';
import { addEntry } from '../../libs/conversation-tracker/src/timeline/timeline-writer.js';
import { customerOf, dataDirectoryOf, DESK, orderIdOf, STORE } from './rotation-host.js';

export const MESSAGES_OF_ORDER = 10;
const ORDERS_AT_ONCE = 50;
/** Every so many-th message has a file. */
const FILE_EACH = 10;
/** Over how long they came: what goes on in a day has its bounds. */
const SPREAD_MS = 60 * 86_400_000;
const RAW = `Subject: About my order\r\nMessage-ID: <1@customer.example>\r\n\r\n${'Where is my parcel? '.repeat(100)}\r\n`;

/**
 * Puts messages on timelines as the relay leaves them: rows and entries, a place in a thread, a body, the message as it came in
 * and one sent copy each, and some files. Many share a transaction, and no blob is waited for.
 */
export async function seedMessages(app: INestApplication, directory: string, messages: number): Promise<number> {
  const aliases = app.get(AliasService, { strict: false });
  const database = app.get(TrackerDatabase);
  const key = await app.get(StoreKeys).of(STORE);
  const keys = app.get(KeyRing);
  const attachments = app.get(AttachmentStore, { strict: false });
  const begin = Date.now() - SPREAD_MS;
  const orders = Math.ceil(messages / MESSAGES_OF_ORDER);
  for (let start = 0; start < orders; start += ORDERS_AT_ONCE) {
    const some = Array.from({ length: Math.min(ORDERS_AT_ONCE, orders - start) }, (_, index) => start + index);
    await aliases.issue(some.map((n) => ({ storeId: STORE, orderId: orderIdOf(n), addresses: peopleOf(n) })));
    const rows = { messages: [] as Message[], deliveries: [] as Delivery[], states: [] as TimelineRecipientState[] };
    const files: [string, string][] = [];
    for (const n of some) {
      const people = await aliases.people({ storeId: STORE, orderId: orderIdOf(n) });
      const customer = people.find(({ role }) => role === 'customer')!;
      const desk = people.find(({ role }) => role === 'store')!;
      for (let nth = 0; nth < MESSAGES_OF_ORDER; nth++) {
        const at = Math.floor(begin + (SPREAD_MS * (n * MESSAGES_OF_ORDER + nth)) / (orders * MESSAGES_OF_ORDER));
        const made = messageOf(key, n, nth, at, customer, desk, senderIndexOf(keys, customerOf(n)));
        rows.messages.push(made.message);
        rows.deliveries.push(made.delivery);
        rows.states.push(made.state);
        files.push(...made.files);
      }
    }
    const withFile = rows.messages.filter(({ hasAttachment }) => hasAttachment);
    const stored = await Promise.all(
      withFile.map(({ id }) => attachments.store(STORE, Buffer.from(`What she sent: ${id}\n`.repeat(100)))),
    );
    await database.transaction(async (manager) => {
      await manager.insert(Message, rows.messages);
      await manager.insert(MessageRef, rows.messages.map(refOf));
      for (const [index, file] of stored.entries()) {
        await attachments.record(manager, withFile[index], [{ ...file, path: '2', type: 'text/plain' }]);
      }
      for (const { id, storeId, orderId, createdAt } of rows.messages) {
        const kind = 'message' as const;
        const source = ['message', id];
        await addEntry(manager, { id, storeId, orderId, kind, occurredAt: createdAt, source, refId: id, detail: {} });
      }
      await manager.insert(Delivery, rows.deliveries);
      await manager.insert(TimelineRecipientState, rows.states);
    });
    await Promise.all(files.map(([name, content]) => plant(join(dataDirectoryOf(directory), name), content)));
  }
  return orders;
}

const peopleOf = (n: number) => [
  { address: customerOf(n), name: 'Ana', role: 'customer', path: 'customer.email', deliverable: true },
  { address: DESK, role: 'store', deliverable: true },
];

const refOf = ({ id, storeId, orderId }: Message): MessageRef => ({
  id: createHash('sha256').update(id).digest('hex'),
  storeId,
  orderId,
  messageId: id,
});

type Party = { aliasId: string; participantId: string; role: string };

function messageOf(
  key: StoreKey,
  n: number,
  nth: number,
  createdAt: number,
  customer: Party,
  desk: Party,
  senderIndex: string,
) {
  const id = newId(createdAt);
  const deliveryId = partId(id, desk.participantId);
  const orderId = orderIdOf(n);
  const hasAttachment = nth % FILE_EACH === 0;
  const party = ({ aliasId, participantId, role }: Party) => ({ aliasId, participantId, role });
  const head = {
    subject: `About ${orderId}`,
    firstWords: 'Where is my parcel?',
    from: party(customer),
    recipients: [{ ...party(desk), deliveryId }],
    attachments: hasAttachment ? [{ path: '2', name: 'photo.txt', type: 'text/plain', size: 1 }] : [],
    incoming: {
      sender: customerOf(n),
      verdict: { dmarc: 'pass', spf: 'pass', dkimDomains: [], verified: true },
      automatic: false,
      references: [],
      replaced: [],
      notes: [],
    },
  };
  const bodyKey = blobKeyOf(STORE, id);
  const original = rawKeyOf(STORE, partId(id, 'original'));
  const copy = rawKeyOf(STORE, deliveryId);
  const message = {
    id,
    storeId: STORE,
    orderId,
    direction: 'in',
    step: null,
    internetMessageId: `<${id}@ct.example.com>`,
    dedupeKey: id.padEnd(64, '0'),
    sealedHead: key.seal(JSON.stringify(head), `message-head:${STORE}:${id}`),
    bodyKey,
    hasAttachment,
    disposition: 'relayed',
    holdReason: null,
    senderIndex,
    rawKey: original,
    createdAt,
  } as Message;
  const delivery = {
    id: deliveryId,
    storeId: STORE,
    orderId,
    messageId: id,
    participantId: desk.participantId,
    aliasId: desk.aliasId,
    state: 'sent',
    stream: 'relay',
    attempts: 1,
    queuedAt: createdAt,
    nextAttemptAt: createdAt,
    envelopeSender: 'bounce@ct.example.com',
    rawKey: copy,
    diagnostic: null,
    updatedAt: createdAt,
  } as Delivery;
  const state = { deliveryId, messageId: id, state: 'sent' as const, diagnostic: null, updatedAt: createdAt };
  const body = JSON.stringify({ html: '', text: `Message ${nth} of ${orderId}` });
  const files: [string, string][] = [
    [bodyKey, key.seal(body, `message-body:${STORE}:${id}`)],
    [original, key.seal(RAW, `raw:${STORE}:${original}`)],
    [copy, key.seal(RAW, `raw:${STORE}:${copy}`)],
  ];
  return { message, delivery, state, files };
}

/** As a restored backup lies there: nobody waits for the disk. */
async function plant(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
