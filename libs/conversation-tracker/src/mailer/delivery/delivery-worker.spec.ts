import { buffer } from 'node:stream/consumers';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../../../test/support/database.js';
import { SmtpInbox } from '../../../../../test/support/smtp-inbox.js';
import { ConsumerRegistry } from '../../events/consumer-registry.js';
import { EventLog } from '../../events/event-log.js';
import { OutboxConsumption } from '../../events/outbox-consumption.entity.js';
import { OutboxEvent } from '../../events/outbox-event.entity.js';
import { parseVerp } from '../../message/verp.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { openTrackerDatabase } from '../../persistence/open-database.js';
import { StoreKeyRow } from '../../persistence/store-key.entity.js';
import { StoreKeys } from '../../persistence/store-keys.js';
import { type TrackerDatabase } from '../../persistence/tracker-database.js';
import { type MailTransport, MailTransportError } from '../../ports/mail-transport.js';
import { Delivery } from './delivery.entity.js';
import { DeliveryQueue } from './delivery-queue.js';
import { DeliveryWorker } from './delivery-worker.js';
import { RawMessages } from './raw-messages.js';

const entities = [OutboxEvent, OutboxConsumption, Delivery, StoreKeyRow];
const keySet = () => ({ current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });
const keys = new KeyRing({ encryption: keySet(), index: keySet(), alias: keySet() });
const ana = 'ana.lopez@shop.example';
const DAY_MS = 86_400_000;
const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 10_000 });

let directory: string;
let rows: TestDatabase;
let host: DataSource;
let database: TrackerDatabase;
let inbox: SmtpInbox;
let clock: { time: number; now: () => number };
let people: Map<string, string>;
let blobs: Map<string, Buffer>;
let queue: DeliveryQueue;
let messages: RawMessages;
let started: DeliveryWorker[];
let serial: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-delivery-'));
  rows = await createDatabase(directory);
  host = await new DataSource({ ...rows.address, entities, synchronize: true }).initialize();
  database = await openTrackerDatabase(host, entities);
  inbox = await SmtpInbox.start();
  clock = { time: Date.parse('2026-05-01T00:00:00Z'), now: () => clock.time };
  people = new Map([['ana', ana]]);
  blobs = new Map();
  queue = new DeliveryQueue(database, new EventLog(keys, new ConsumerRegistry(), clock), keys, 'ct.example.com', clock);
  messages = new RawMessages(
    {
      stage: async (key, pieces) => void blobs.set(key, Buffer.concat(pieces)),
      write: async (key, pieces) => void blobs.set(key, await buffer(pieces)),
      get: async (key) => blobs.get(key),
      open: async (key) => blobs.get(key),
      givesAway: false,
      change: async () => undefined,
      delete: async (keys) => keys.forEach((key) => blobs.delete(key)),
    },
    new StoreKeys(database, keys, clock),
  );
  started = [];
  serial = 0;
});

afterEach(async () => {
  await Promise.all(started.map((worker) => worker.beforeApplicationShutdown()));
  await database.onApplicationShutdown();
  await host.destroy();
  await rows.drop();
  await inbox.stop();
  await rm(directory, { recursive: true });
});

function smtp(): MailTransport {
  const transport = createTransport({ host: '127.0.0.1', port: inbox.port, ignoreTLS: true, disableFileAccess: true });
  return {
    send: async ({ envelope, raw }) => {
      try {
        return await transport.sendMail({ envelope, raw });
      } catch (error) {
        const { message, responseCode = 0 } = error as Error & { responseCode?: number };
        throw new MailTransportError(message, responseCode >= 500, responseCode);
      }
    },
    close: async () => transport.close(),
  };
}

function start(patienceMs?: number, transport: MailTransport = smtp()): DeliveryWorker {
  const worker = new DeliveryWorker(
    queue,
    messages,
    { realAddress: async (storeId, participantId) => (storeId === 'shop' ? people.get(participantId) : undefined) },
    transport,
    patienceMs,
  );
  started.push(worker);
  worker.onApplicationBootstrap();
  return worker;
}

async function enqueue(orderId = 'o-1', participantId = 'ana', stream?: 'relay'): Promise<string> {
  const id = (++serial).toString(16).padStart(32, '0');
  const rawKey = `raw-${id}`;
  await messages.stage(
    'shop',
    rawKey,
    Buffer.from(`Message-ID: <m${serial}@ct.example.com>\r\nSubject: hi\r\n\r\nhi\r\n`),
  );
  await database.transaction((manager) =>
    queue.add(manager, {
      id,
      storeId: 'shop',
      orderId,
      participantId,
      messageId: `m-${serial}`,
      aliasId: 'a-1',
      rawKey,
      stream,
    }),
  );
  return id;
}

const row = (id: string) => host.manager.findOneByOrFail(Delivery, { id });
const states = async () => (await host.manager.find(Delivery, { order: { id: 'ASC' } })).map(({ state }) => state);
const told = async () => (await host.manager.find(OutboxEvent, { order: { id: 'ASC' } })).map(({ type }) => type);
const ids = () => inbox.mails.map(({ messageId }) => messageId);

/** Lets `ms` go by and looks until `check` holds. */
const after = (worker: DeliveryWorker, ms: number, check: () => Promise<void>) => {
  clock.time += ms;
  worker.wake();
  return eventually(check);
};

describe('the delivery of a queued mail', () => {
  it('R25 R31 goes to the real address in the envelope alone, from its own bounce address', async () => {
    const id = await enqueue();
    expect([...blobs.values()].join()).not.toContain('Subject');
    start();
    await eventually(async () => expect(await row(id)).toMatchObject({ state: 'sent', attempts: 1, diagnostic: null }));
    expect(inbox.mails).toMatchObject([
      { from: (await row(id)).envelopeSender, to: [ana], messageId: '<m1@ct.example.com>' },
    ]);
    const verp = parseVerp(inbox.mails[0].from, keys.index.current.key, 'bounce.ct.example.com', clock.time);
    expect(verp).toEqual({ deliveryId: id });
    expect(inbox.mails[0].raw).not.toContain(ana);
    expect(await told()).toEqual(['mail.queued', 'mail.sent']);
  });

  it('waits while the SMTP server is down, says so once, and goes out when it is back, in the order it was queued', async () => {
    await inbox.stop();
    const [first, second] = [await enqueue(), await enqueue()];
    const worker = start();
    await eventually(async () => expect(await row(first)).toMatchObject({ state: 'deferred', attempts: 1 }));
    await after(worker, 60_000, async () =>
      // Marked, not only taken: when it is tried again counts from then.
      expect(await row(first)).toMatchObject({ attempts: 2, updatedAt: clock.time }),
    );
    expect(await row(second)).toMatchObject({ state: 'queued', attempts: 0 });
    expect((await told()).filter((type) => type === 'mail.deferred')).toHaveLength(1);
    await inbox.start();
    await after(worker, 120_000, async () => expect(await states()).toEqual(['sent', 'sent']));
    expect(ids()).toEqual(['<m1@ct.example.com>', '<m2@ct.example.com>']);
  });

  it('R27 R45 is tried again after a temporary refusal, whose text is kept without the address', async () => {
    inbox.answer = () => `450 4.2.1 <${ana}> is greylisted`;
    const id = await enqueue();
    const worker = start();
    await eventually(async () => expect(await row(id)).toMatchObject({ state: 'deferred' }));
    expect((await row(id)).diagnostic).toContain('<[address]> is greylisted');
    expect(await told()).toEqual(['mail.queued', 'mail.deferred']);
    inbox.answer = () => undefined;
    await after(worker, 60_000, async () => expect(await row(id)).toMatchObject({ state: 'sent', diagnostic: null }));
  });

  it('R27 becomes a dead letter after a permanent refusal, and can be sent again by its own store', async () => {
    inbox.answer = () => `550 5.1.1 no user ana.lopez here`;
    const id = await enqueue();
    const worker = start();
    await eventually(async () => expect(await row(id)).toMatchObject({ state: 'failed' }));
    expect((await row(id)).diagnostic).toContain('no user [address] here');
    expect(await told()).toEqual(['mail.queued', 'mail.bounced']);

    inbox.answer = () => undefined;
    expect(await queue.redrive('other-shop', id)).toBeUndefined();
    expect(await queue.redrive('shop', id)).toMatchObject({ id, state: 'queued' });
    await after(worker, 0, async () => expect(await row(id)).toMatchObject({ state: 'sent' }));
    expect(inbox.mails[0]).toMatchObject({ from: (await row(id)).envelopeSender, messageId: '<m1@ct.example.com>' });
    expect(await queue.redrive('shop', id)).toBeUndefined();
  });

  it('is given up after five days of temporary failures', async () => {
    inbox.answer = () => '451 4.3.0 later';
    const id = await enqueue();
    const worker = start();
    await eventually(async () => expect(await row(id)).toMatchObject({ state: 'deferred', attempts: 1 }));
    await after(worker, 5 * DAY_MS - 1, async () =>
      expect(await row(id)).toMatchObject({ state: 'failed', attempts: 2 }),
    );
    expect(await told()).toEqual(['mail.queued', 'mail.deferred', 'mail.bounced']);
  });

  it('holds back a later mail of the order to the same person for an hour at most, and nobody else', async () => {
    inbox.answer = ({ messageId }) => (messageId === '<m1@ct.example.com>' ? '450 4.2.0 not this one' : undefined);
    people.set('shop', 'desk@shop.example');
    const first = await enqueue();
    const [second, toStore, otherOrder] = [await enqueue(), await enqueue('o-1', 'shop'), await enqueue('o-2')];
    const worker = start();
    await eventually(async () => expect(await states()).toEqual(['deferred', 'queued', 'sent', 'sent']));
    expect([(await row(toStore)).attempts, (await row(otherOrder)).attempts]).toEqual([1, 1]);
    await after(worker, 3_600_000, async () => expect(await row(second)).toMatchObject({ state: 'sent' }));
    expect(await row(first)).toMatchObject({ state: 'deferred' });
  });

  it('is not held up by many mails that wait behind one', async () => {
    inbox.answer = ({ to }) => (to[0] === ana ? '450 4.2.0 later' : undefined);
    people.set('ben', 'ben@shop.example');
    for (let count = 0; count < 20; count++) await enqueue();
    const other = await enqueue('o-2', 'ben');
    start();
    await eventually(async () => expect(await row(other)).toMatchObject({ state: 'sent' }));
  });

  it('R45 fails with a reason when nobody may be written to, or the message is gone', async () => {
    const erased = await enqueue('o-1', 'erased');
    const lost = await enqueue();
    blobs.delete(`raw-${lost}`);
    start();
    await eventually(async () => expect(await states()).toEqual(['failed', 'failed']));
    expect([(await row(erased)).diagnostic, (await row(lost)).diagnostic]).toEqual([
      'no deliverable address',
      'no stored message',
    ]);
    expect(inbox.mails).toEqual([]);
  });

  it('is sent one at a time, by one of two workers', async () => {
    let open = 0;
    let most = 0;
    inbox.answer = async () => {
      most = Math.max(most, ++open);
      await new Promise(setImmediate);
      open--;
      return undefined;
    };
    for (let count = 0; count < 6; count++) await enqueue(`o-${count}`);
    start();
    await eventually(async () => expect(new Set(await states())).toEqual(new Set(['sent'])));
    expect(most).toBe(1);
    for (let count = 6; count < 12; count++) await enqueue(`o-${count}`);
    start();
    await eventually(async () => expect(new Set(await states())).toEqual(new Set(['sent'])));
    expect(most).toBeLessThanOrEqual(2);
    expect(new Set(ids()).size).toBe(12);
    expect(ids()).toHaveLength(12);
  });

  it('goes several at once where people wrote it, in order for each of them', async () => {
    people.set('ben', 'ben@shop.example');
    let open = 0;
    let most = 0;
    inbox.answer = async () => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 20));
      open--;
      return undefined;
    };
    for (let count = 0; count < 8; count++) await enqueue('o-1', count % 2 === 0 ? 'ana' : 'ben', 'relay');
    for (let count = 0; count < 8; count++) await enqueue(`o-${count}`, 'ana', 'relay');
    start();
    await eventually(async () => expect(new Set(await states())).toEqual(new Set(['sent'])));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
    expect(new Set(ids()).size).toBe(16);
    const toBen = inbox.mails.filter(({ to }) => to.includes('ben@shop.example')).map(({ messageId }) => messageId);
    expect(toBen).toEqual(['<m2@ct.example.com>', '<m4@ct.example.com>', '<m6@ct.example.com>', '<m8@ct.example.com>']);
  });

  it('is not the only one for processes that look at one moment: each gets another', async () => {
    for (let count = 0; count < 3; count++) await enqueue(`o-${count}`);
    const taken = (
      await Promise.all([queue.take('status', 1), queue.take('status', 1), queue.take('status', 1)])
    ).flat();
    expect(new Set(taken.map(({ id }) => id)).size).toBe(3);
  });

  it('holds up nobody for long when the server takes its time, up to eight mails at once', async () => {
    let open = 0;
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    inbox.answer = async () => {
      open++;
      await released;
      return undefined;
    };
    for (let count = 0; count < 12; count++) await enqueue(`o-${count}`);
    start(1);
    await eventually(() => expect(open).toBe(8));
    expect((await queue.take('status', 12)).length).toBe(4);
    release();
    await eventually(async () => expect((await states()).filter((state) => state === 'sent')).toHaveLength(8));
  });

  it('is sent once more, byte for byte, by the next worker when one dies between the answer and the row', async () => {
    const id = await enqueue();
    const [leased] = await queue.take('status', 8);
    await smtp().send({
      envelope: { from: leased.envelopeSender, to: [ana] },
      raw: (await messages.get('shop', leased.rawKey)) ?? Buffer.alloc(0),
    });
    const worker = start();
    await after(worker, 59_000, async () => expect(await queue.take('status', 8)).toEqual([]));
    expect(inbox.mails).toHaveLength(1);
    await after(worker, 1_000, async () => expect(await row(id)).toMatchObject({ state: 'sent', attempts: 2 }));
    expect(inbox.mails).toHaveLength(2);
    expect(inbox.mails[1]).toEqual(inbox.mails[0]);

    await queue.mark({ delivery: leased, outcome: 'failed', diagnostic: 'the dead one wakes up' });
    expect(await row(id)).toMatchObject({ state: 'sent' });
  });
});
