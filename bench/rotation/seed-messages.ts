import { createHash } from 'node:crypto';
import { type INestApplication } from '@nestjs/common';
import { AliasService } from '../../libs/conversation-tracker/src/alias/alias.service.js';
import { newId } from '../../libs/conversation-tracker/src/kernel/ids.js';
import { Delivery } from '../../libs/conversation-tracker/src/mailer/delivery/delivery.entity.js';
import { RawMessages, rawKeyOf } from '../../libs/conversation-tracker/src/mailer/delivery/raw-messages.js';
import { MessageRef } from '../../libs/conversation-tracker/src/mailer/relay/message-ref.entity.js';
import { partId, senderIndexOf } from '../../libs/conversation-tracker/src/mailer/relay/relay-ids.js';
import { KeyRing } from '../../libs/conversation-tracker/src/persistence/key-ring.js';
import { TrackerDatabase } from '../../libs/conversation-tracker/src/persistence/tracker-database.js';
import { AttachmentStore } from '../../libs/conversation-tracker/src/timeline/attachments/attachment-store.js';
import { type StagedBlob, writeBlobs } from '../../libs/conversation-tracker/src/timeline/message-blobs.js';
import { MessageVault } from '../../libs/conversation-tracker/src/timeline/message-vault.js';
import { Message } from '../../libs/conversation-tracker/src/timeline/message.entity.js';
import { TimelineRecipientState } from '../../libs/conversation-tracker/src/timeline/timeline-recipient-state.entity.js';
import { addEntry } from '../../libs/conversation-tracker/src/timeline/timeline-writer.js';
import { customerOf, DESK, orderIdOf, STORE } from './rotation-host.js';

export const MESSAGES_OF_ORDER = 10;
const ORDERS_AT_ONCE = 50;
/** Every so many-th message has a file. */
const FILE_EACH = 10;
/** Over how long they came: what goes on in a day has its bounds. */
const SPREAD_MS = 60 * 86_400_000;
/** Every so many-th is too large for a row. */
const LARGE_EACH = 20;
const rawOf = (lines: number) =>
  Buffer.from(
    `Subject: About my order\r\nMessage-ID: <1@customer.example>\r\n\r\n${'Where is my parcel?\r\n'.repeat(lines)}`,
  );
const RAW = rawOf(100);
const LARGE_RAW = rawOf(2_500);

/**
 * Puts messages on timelines as the relay leaves them: rows and entries, a place in a thread, a body, the message as it came in
 * and one sent copy each, and some files: by the services of the rooms, with many messages in a transaction.
 */
export async function seedMessages(app: INestApplication, messages: number): Promise<number> {
  const aliases = app.get(AliasService, { strict: false });
  const database = app.get(TrackerDatabase);
  const keys = app.get(KeyRing);
  const vaults = { vault: app.get(MessageVault, { strict: false }), raws: app.get(RawMessages, { strict: false }) };
  const attachments = app.get(AttachmentStore, { strict: false });
  const begin = Date.now() - SPREAD_MS;
  const orders = Math.ceil(messages / MESSAGES_OF_ORDER);
  for (let start = 0; start < orders; start += ORDERS_AT_ONCE) {
    const some = Array.from({ length: Math.min(ORDERS_AT_ONCE, orders - start) }, (_, index) => start + index);
    await aliases.issue(some.map((n) => ({ storeId: STORE, orderId: orderIdOf(n), addresses: peopleOf(n) })));
    const rows = { messages: [] as Message[], deliveries: [] as Delivery[], states: [] as TimelineRecipientState[] };
    const blobs: (StagedBlob | undefined)[] = [];
    for (const n of some) {
      const people = await aliases.people({ storeId: STORE, orderId: orderIdOf(n) });
      const customer = people.find(({ role }) => role === 'customer')!;
      const desk = people.find(({ role }) => role === 'store')!;
      for (let nth = 0; nth < MESSAGES_OF_ORDER; nth++) {
        const at = Math.floor(begin + (SPREAD_MS * (n * MESSAGES_OF_ORDER + nth)) / (orders * MESSAGES_OF_ORDER));
        const made = await messageOf(vaults, n, nth, at, customer, desk, senderIndexOf(keys, customerOf(n)));
        rows.messages.push(made.message);
        rows.deliveries.push(made.delivery);
        rows.states.push(made.state);
        blobs.push(...made.blobs);
      }
    }
    const withFile = rows.messages.filter(({ hasAttachment }) => hasAttachment);
    const stored = await Promise.all(
      withFile.map(({ id }) => attachments.store(STORE, Buffer.from(`What she sent: ${id}\n`.repeat(100)))),
    );
    await database.transaction(async (manager) => {
      await writeBlobs(manager, blobs);
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

async function messageOf(
  { vault, raws }: { vault: MessageVault; raws: RawMessages },
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
    attachments: hasAttachment ? [{ path: '2', name: 'photo.txt', type: 'text/plain', size: 1, inline: false }] : [],
    incoming: {
      sender: customerOf(n),
      verdict: { dmarc: 'pass' as const, spf: 'pass' as const, dkimDomains: [], verified: true },
      automatic: false,
      references: [],
      replaced: [],
      notes: [],
    },
  };
  const { bodyKey, staged } = await vault.stageBody(
    { id, storeId: STORE },
    { html: '', text: `Message ${nth} of ${orderId}` },
  );
  const raw = (n * MESSAGES_OF_ORDER + nth) % LARGE_EACH === 0 ? LARGE_RAW : RAW;
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
    sealedHead: await vault.sealHead({ id, storeId: STORE }, head),
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
  const blobs = [staged, await raws.stage(STORE, original, raw), await raws.stage(STORE, copy, raw)];
  return { message, delivery, state, blobs };
}
