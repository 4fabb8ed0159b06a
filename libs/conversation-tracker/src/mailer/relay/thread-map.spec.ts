import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MailProcess, MailWorld } from '../../../../../test/support/mail-world.js';
import { newId } from '../../kernel/ids.js';
import { threadFor } from '../../message/thread.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { type IncomingHead } from '../../timeline/message-head.js';
import { MessageRecorder } from '../../timeline/message-recorder.js';
import { TimelineService } from '../../timeline/timeline.service.js';
import { MessageRef } from './message-ref.entity.js';
import { ThreadMap } from './thread-map.js';

let world: MailWorld;
let oms: MailProcess;
let database: TrackerDatabase;
let map: ThreadMap;

const order = { storeId: 'shop', orderId: 'o-1' };
const part = <T>(type: new (...parts: never[]) => T): T => oms.app.get(type, { strict: false });

beforeEach(async () => {
  world = await MailWorld.open();
  oms = await world.start();
  database = part(TrackerDatabase);
  map = new ThreadMap(database, part(KeyRing), part(TimelineService));
});

afterEach(() => world.close());

const incoming: IncomingHead = {
  sender: 'ana@shop.example',
  verdict: { dmarc: 'pass', spf: 'pass', dkimDomains: [], verified: true },
  automatic: false,
  references: [],
  replaced: [],
  notes: [],
};

/** Records a message on the timeline; with the id with which it came, where it did. */
async function write(messageId: string, originalMessageId?: string, where = order): Promise<string> {
  const id = newId(world.clock.now());
  const prepared = await part(MessageRecorder).prepare({
    ...where,
    id,
    direction: originalMessageId === undefined ? 'out' : 'in',
    step: null,
    internetMessageId: messageId,
    dedupeKey: randomBytes(32).toString('hex'),
    hasAttachment: false,
    createdAt: world.clock.now(),
    subject: 'Your order',
    from: { participantId: 'ana', role: 'customer' },
    recipients: [],
    incoming: originalMessageId === undefined ? undefined : { ...incoming, originalMessageId },
    body: { html: '', text: 'hello' },
  });
  await database.transaction(async (manager) => {
    await part(MessageRecorder).recordMessage(manager, prepared);
    if (originalMessageId !== undefined) await map.record(manager, where, id, originalMessageId);
  });
  return id;
}

describe('the thread map', () => {
  it('R33 finds a message by our id and by the one with which it came, and tells who wrote it', async () => {
    const status = await write('<s@ct.example.com>');
    const answer = await write('<a@ct.example.com>', '<20260501@shop.example>');
    const found = await map.resolve(order, ['<s@ct.example.com>', '<20260501@shop.example>', '<a@ct.example.com>']);
    const [byOriginal, byOurs] = [found.get('<20260501@shop.example>'), found.get('<a@ct.example.com>')];
    expect(found.get('<s@ct.example.com>')).toMatchObject({ rowId: status, messageId: '<s@ct.example.com>' });
    expect(byOriginal).toEqual(byOurs);
    expect(byOurs).toEqual({
      rowId: answer,
      messageId: '<a@ct.example.com>',
      originalMessageId: '<20260501@shop.example>',
      writerId: 'ana',
    });
    const ids = ['<20260501@shop.example>'];
    const copy = { messageId: '<b@ct.example.com>', root: '<root@ct.example.com>' };
    expect(threadFor({ ...copy, recipientId: 'ana' }, ids, found).inReplyTo).toBe('<20260501@shop.example>');
    expect(threadFor({ ...copy, recipientId: 'desk' }, ids, found).inReplyTo).toBe('<a@ct.example.com>');
  });

  it('R33 knows no id of another order, of another store, or of nobody', async () => {
    await write('<a@ct.example.com>', '<20260501@shop.example>');
    const ids = ['<a@ct.example.com>', '<20260501@shop.example>', '<x@nowhere.example>'];
    expect((await map.resolve(order, ids)).size).toBe(2);
    expect((await map.resolve({ ...order, orderId: 'o-2' }, ids)).size).toBe(0);
    expect((await map.resolve({ ...order, storeId: 'other' }, ids)).size).toBe(0);
    expect((await map.resolve(order, [])).size).toBe(0);
  });

  it('R11 R33 leaves an id with the message that came with it first', async () => {
    const first = await write('<a@ct.example.com>', '<20260501@shop.example>');
    await write('<b@ct.example.com>', '<20260501@shop.example>');
    expect((await map.resolve(order, ['<20260501@shop.example>'])).get('<20260501@shop.example>')?.rowId).toBe(first);
  });

  it('R33 finds under a new key what was written under the old one', async () => {
    await write('<a@ct.example.com>', '<20260501@shop.example>');
    const fresh = { k2: randomBytes(32).toString('hex') };
    const { index } = world.keys;
    const later = new KeyRing({ ...world.keys, index: { current: 'k2', keys: { ...index.keys, ...fresh } } });
    const laterMap = new ThreadMap(database, later, part(TimelineService));
    expect((await laterMap.resolve(order, ['<20260501@shop.example>'])).size).toBe(1);
  });

  it('R45 keeps no Message-ID of anybody in clear', async () => {
    await write('<a@ct.example.com>', '<20260501@shop.example>');
    expect(JSON.stringify(await database.manager.find(MessageRef))).not.toContain('shop.example');
  });
});
