import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OrderEvent } from 'nestjs-conversation-tracker';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AliasService } from '../../libs/conversation-tracker/src/alias/alias.service.js';
import { OutboxConsumption } from '../../libs/conversation-tracker/src/events/outbox-consumption.entity.js';
import { OutboxEvent } from '../../libs/conversation-tracker/src/events/outbox-event.entity.js';
import { parseVerp } from '../../libs/conversation-tracker/src/message/verp.js';
import { Delivery } from '../../libs/conversation-tracker/src/mailer/delivery/delivery.entity.js';
import { KeyRing } from '../../libs/conversation-tracker/src/persistence/key-ring.js';
import { startHost } from '../support/host-app.js';
import { CUSTOMER, DESK, headerOf, MailWorld } from '../support/mail-world.js';

const PLACEHOLDER = 'undisclosed@ct.example.com';
const ALIAS = /[0-9a-f]{32}@ct\.example\.com/;
const MINUTE_MS = 60_000;

const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 50 });

let world: MailWorld;
beforeEach(async () => {
  world = await MailWorld.open();
});
afterEach(() => world.close());

const approved = (orderId: string): OrderEvent => ({ step: 'payment-approved', orderId });
const subjects = () => world.inbox.mails.map((mail) => headerOf(mail, 'Subject'));
const mailed = (count: number) => eventually(() => expect(world.inbox.mails).toHaveLength(count));

describe('a step of an order', () => {
  it('is mailed once for each occurrence, however often and at whichever moment it is said', async () => {
    const { tracker } = await world.start();
    world.place('o-1');
    const said: OrderEvent[] = [
      approved('o-1'),
      { step: 'shipped', orderId: 'o-1', occurrence: 'parcel-1' },
      { step: 'shipped', orderId: 'o-1', occurrence: 'parcel-2' },
      { step: 'delivered', orderId: 'o-1' },
    ];
    await Promise.all([...said, ...said].map((event) => tracker.publish(event)));
    await mailed(4);
    for (const event of said) await tracker.publish(event);
    await tracker.publish({ step: 'canceled', orderId: 'o-1' });
    await eventually(() => expect(subjects().at(-1)).toMatch(/cancel/i));
    expect(subjects().filter((subject) => subject === 'Order o-1 is on its way')).toHaveLength(2);
    expect(new Set(world.inbox.mails.map(({ messageId }) => messageId)).size).toBe(5);
  });

  it('is mailed once also when the bus has long forgotten that it was said', async () => {
    const { app, tracker } = await world.start();
    world.place('o-1');
    await tracker.publish(approved('o-1'));
    await mailed(1);
    const { manager } = app.get(DataSource);
    const done = { orderId: 'o-1', state: 'done' } as const;
    await eventually(async () => expect(await manager.countBy(OutboxConsumption, done)).toBeGreaterThan(1));
    await manager.delete(OutboxEvent, { orderId: 'o-1', type: 'order.step' });
    await tracker.publish(approved('o-1'));
    await tracker.publish({ step: 'delivered', orderId: 'o-1' });
    await mailed(2);
    expect(subjects().at(-1)).toMatch(/delivered/i);
  });

  it('R24 R25 R31 R33 is mailed from alias to alias in one thread; the real address stands in the envelope alone', async () => {
    const { tracker } = await world.start({ storeDefaults: () => ({ senderName: 'Café', senderAddress: DESK }) });
    world.place('o-1', { note: `call ${CUSTOMER} or ${DESK}` });
    await tracker.publish(approved('o-1'));
    await tracker.publish({ step: 'shipped', orderId: 'o-1', data: { trackingNumber: CUSTOMER } });
    await mailed(2);
    const keys = new KeyRing(world.keys);
    for (const mail of world.inbox.mails) {
      expect(mail.to).toEqual([CUSTOMER]);
      expect(parseVerp(mail.from, keys.index.current.key, 'bounce.ct.example.com', Date.now())).toBeDefined();
      expect(mail.raw).not.toMatch(/customer\.example|shop\.example/);
      expect(headerOf(mail, 'From')).toMatch(new RegExp(`<${ALIAS.source}>$`));
      expect(headerOf(mail, 'From')).not.toBe(headerOf(mail, 'To'));
      expect(headerOf(mail, 'To')).toMatch(new RegExp(`<${ALIAS.source}>$`));
      expect(headerOf(mail, 'Auto-Submitted')).toBe('auto-generated');
      expect(headerOf(mail, 'X-Auto-Response-Suppress')).toBe('All');
    }
    const [first, second] = world.inbox.mails;
    expect(headerOf(second, 'In-Reply-To')).toBe(headerOf(first, 'In-Reply-To'));
    expect(headerOf(second, 'References')).toBe(`${headerOf(first, 'In-Reply-To')} ${second.messageId}`);
    expect(first.from).not.toBe(second.from);
  });

  it('is mailed to whom the host says its orders name, wherever that stands', async () => {
    const { tracker } = await world.start({ rolePaths: { 'who.reach': 'customer', 'customer.email': null } });
    world.orders.set('o-1', { orderId: 'o-1', who: { reach: CUSTOMER }, customer: { email: DESK } });
    await tracker.publish(approved('o-1'));
    await mailed(1);
    expect(world.inbox.mails[0].to).toEqual([CUSTOMER]);
    expect(world.inbox.mails[0].raw).not.toMatch(/customer\.example|shop\.example/);
  });

  it('R38 is signed for the tracker domain where a key is set', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const { tracker } = await world.start({ dkim: { selector: 'ct1', privateKey } });
    world.place('o-1');
    await tracker.publish(approved('o-1'));
    await mailed(1);
    const signature = headerOf(world.inbox.mails[0], 'DKIM-Signature');
    expect(signature).toMatch(/\bd=ct\.example\.com;/);
    expect(signature).toMatch(/\bs=ct1;/);
  });

  it('stands on the timeline with its mail, which was sent', async () => {
    const host = await world.start();
    world.place('o-1');
    await host.tracker.publish(approved('o-1'));
    await eventually(async () =>
      expect(await host.timeline('o-1')).toMatchObject([
        { kind: 'status', step: 'payment-approved' },
        { kind: 'message', message: { step: 'payment-approved', to: [{ role: 'customer', state: 'sent' }] } },
        { kind: 'delivery', state: 'sent' },
      ]),
    );
    expect(JSON.stringify(await host.timeline('o-1'))).not.toContain('customer.example');
  });

  it.each<[string, OrderEvent, object]>([
    ['order.created, by default', { step: 'order.created', orderId: 'o-1' }, {}],
    ['what the store does not want told', approved('o-1'), { mailSteps: ['shipped'] }],
    ['a change, by default', { step: 'changed', orderId: 'o-1' }, {}],
  ])('is not mailed, and stands on the timeline all the same: %s', async (_, event, settings) => {
    const host = await world.start();
    world.place('o-1');
    await host.change(settings);
    await host.tracker.publish(event);
    await host.tracker.publish({ step: 'shipped', orderId: 'o-1' });
    await mailed(1);
    expect(subjects()).toEqual(['Order o-1 is on its way']);
    await eventually(async () =>
      expect((await host.timeline('o-1')).filter(({ kind }) => kind === 'status')).toHaveLength(2),
    );
    expect(await host.messages('o-1')).toHaveLength(1);
  });

  it("is mailed after the commit of the host's transaction, or not at all", async () => {
    const { app, tracker } = await world.start();
    for (const id of ['undone', 'kept']) world.place(id);
    const host = app.get(DataSource);
    const undone = host.transaction(async (manager) => {
      await tracker.publish(approved('undone'), manager);
      throw new Error('the host rolls back');
    });
    await expect(undone).rejects.toThrow('the host rolls back');
    await host.transaction((manager) => tracker.publish(approved('kept'), manager));
    await mailed(1);
    expect(world.inbox.mails[0].raw).toContain('kept');
    expect(await host.manager.countBy(OutboxConsumption, { orderId: 'undone' })).toBe(0);
  });

  it('waits for an order that the host has not committed yet, and is given up when it never comes', async () => {
    const { app, tracker } = await world.start();
    await tracker.publish(approved('late'));
    await tracker.publish(approved('never'));
    const consumption = (orderId: string) =>
      app.get(DataSource).manager.findOneByOrFail(OutboxConsumption, { orderId, consumer: 'status-mail' });
    await eventually(async () => expect(await consumption('late')).toMatchObject({ lastError: 'TrackerError' }));
    world.place('late');
    world.clock.ahead += 5_000;
    await mailed(1);
    expect(world.inbox.mails[0].raw).toContain('late');
    world.clock.ahead += 10 * MINUTE_MS;
    await eventually(async () => expect(await consumption('never')).toMatchObject({ state: 'done' }));
    expect(world.inbox.mails).toHaveLength(1);
  });
});

describe('the store in From', () => {
  it('is the placeholder where the store has no address: its customers get their mail, and answers are refused', async () => {
    const host = await world.start({ storeDefaults: () => ({ senderName: 'Shop' }) });
    world.place('o-1');
    await host.tracker.publish(approved('o-1'));
    await mailed(1);
    expect(headerOf(world.inbox.mails[0], 'From')).toBe(`Shop <${PLACEHOLDER}>`);
    expect(await host.messages('o-1')).toMatchObject([{ from: { alias: PLACEHOLDER, name: 'Shop', role: 'store' } }]);
  });

  it('is the alias of the address that the order names for the store, where the settings name none', async () => {
    const host = await world.start();
    world.place('o-1', { followUpEmail: DESK });
    await host.tracker.publish(approved('o-1'));
    await mailed(1);
    expect(headerOf(world.inbox.mails[0], 'From')).toMatch(ALIAS);
    expect(world.inbox.mails[0].raw).not.toContain('shop.example');
  });

  it('R48 shows Simple aliases where the store chose them', async () => {
    const host = await world.start();
    await host.change({ maskType: 'simple', senderName: 'Shop', senderAddress: DESK });
    world.place('o-1');
    await host.tracker.publish(approved('o-1'));
    await mailed(1);
    expect(headerOf(world.inbox.mails[0], 'From')).toMatch(/^Shop <desk@shop\.example-\d{12}b\.ct\.example\.com>$/);
    expect(headerOf(world.inbox.mails[0], 'To')).toMatch(/<ana\.perez@customer\.example-\d{12}b\.ct\.example\.com>$/);
    expect(world.inbox.mails[0].to).toEqual([CUSTOMER]);
  });
});

describe('a mail that does not arrive at once', () => {
  it('waits while the mail server is away, which the timeline says, and goes out once when it is back', async () => {
    const host = await world.start();
    world.place('o-1');
    await world.inbox.stop();
    await host.tracker.publish(approved('o-1'));
    await eventually(async () => expect(await host.messages('o-1')).toMatchObject([{ to: [{ state: 'deferred' }] }]));
    expect((await host.timeline('o-1')).map((entry) => 'state' in entry && entry.state)).toContain('deferred');
    await world.inbox.start();
    world.clock.ahead += 2 * MINUTE_MS;
    await eventually(async () => expect(await host.messages('o-1')).toMatchObject([{ to: [{ state: 'sent' }] }]));
    expect(world.inbox.mails).toHaveLength(1);
  });

  it('R27 R45 bounces with a reason that names nobody, and can be sent again by its own store', async () => {
    const host = await world.start();
    world.place('o-1');
    world.inbox.answer = () => `550 5.1.1 <${CUSTOMER}> ana.perez is unknown here`;
    await host.tracker.publish(approved('o-1'));
    await eventually(async () => expect(await host.messages('o-1')).toMatchObject([{ to: [{ state: 'bounced' }] }]));
    const [{ id, to }] = await host.messages('o-1');
    expect(to[0].diagnostic).toContain('<[address]> [address] is unknown here');
    expect(JSON.stringify(await host.timeline('o-1'))).not.toMatch(/ana\.perez|customer\.example/);

    world.inbox.answer = () => undefined;
    await host.resend(id, 'none').expect(403);
    const missing = await host.resend(id, 'other').expect(404);
    expect(missing.body).toMatchObject({ type: 'urn:conversation-tracker:message-not-found' });
    const { body } = await host.resend(id).expect(202);
    expect(body).toEqual({ messageId: id, deliveryIds: [to[0].deliveryId] });
    await eventually(async () => expect(await host.messages('o-1')).toMatchObject([{ to: [{ state: 'sent' }] }]));
    expect(world.inbox.mails).toHaveLength(1);
    const again = await host.resend(id).expect(409);
    expect(again.headers['content-type']).toContain('application/problem+json');
    expect(again.body).toMatchObject({ type: 'urn:conversation-tracker:nothing-to-resend' });
    // It has arrived: who asks for it gets it once more.
    await host.resend(id).send({ reached: 'no' }).expect(422);
    await host.resend(id).send({ reached: true }).expect(202);
    await mailed(2);
    expect(world.inbox.mails[1].raw).toBe(world.inbox.mails[0].raw);
    await eventually(async () => expect(await host.messages('o-1')).toMatchObject([{ to: [{ state: 'sent' }] }]));
  });

  it('R31 R45 goes to the address that the order shows by then', async () => {
    const { app, tracker } = await world.start();
    const { manager } = app.get(DataSource);
    world.place('o-1');
    await world.inbox.stop();
    await tracker.publish(approved('o-1'));
    await eventually(async () => expect(await manager.countBy(Delivery, { state: 'deferred' })).toBe(1));
    const addresses = [{ address: 'ana@new.example', role: 'customer', path: 'customer.email', deliverable: true }];
    await app.get(AliasService).reconcile({ storeId: 'default', orderId: 'o-1', addresses });
    await world.inbox.start();
    world.clock.ahead += 2 * MINUTE_MS;
    await mailed(1);
    expect(world.inbox.mails[0].to).toEqual(['ana@new.example']);
  });

  it('stands on the timeline with the reason when the address is none, and nothing is sent', async () => {
    const host = await world.start();
    world.place('o-1', {}, 'ana.perez@@customer.example');
    world.place('o-2');
    await host.tracker.publish(approved('o-1'));
    await host.tracker.publish(approved('o-2'));
    await mailed(1);
    await eventually(async () => expect(await host.messages('o-1')).toHaveLength(1));
    const [{ id, to }] = await host.messages('o-1');
    expect(to).toMatchObject([{ state: 'failed', diagnostic: expect.stringContaining('none that a mail server') }]);
    expect(to[0].alias).toMatch(ALIAS);
    await host.resend(id).expect(409);
    expect(world.inbox.mails[0].raw).toContain('o-2');
  });

  it('R37 is not sent when a template would show a real address, and the timeline says so', async () => {
    const templatesDirectory = join(world.directory, 'templates');
    await mkdir(join(templatesDirectory, 'en'), { recursive: true });
    await writeFile(join(templatesDirectory, 'en', 'shipped.txt.hbs'), `Questions? ${DESK}`);
    const host = await world.start({ templatesDirectory, storeDefaults: () => ({ senderAddress: DESK }) });
    world.place('o-1');
    await host.tracker.publish({ step: 'shipped', orderId: 'o-1' });
    await host.tracker.publish({ step: 'delivered', orderId: 'o-1' });
    await mailed(1);
    const [shipped, delivered] = await host.messages('o-1');
    expect(shipped).toMatchObject({ subject: 'shipped', to: [{ state: 'failed' }] });
    expect(shipped.to[0].diagnostic).toContain('would show a real address');
    expect(delivered).toMatchObject({ step: 'delivered' });
    expect(subjects()).not.toContain('Order o-1 is on its way');
  });
});

describe('time and processes', () => {
  it('R52 opens a new alias for a step that comes after the old one has ended', async () => {
    const host = await world.start();
    world.place('o-1');
    await host.tracker.publish(approved('o-1'));
    await mailed(1);
    world.clock.ahead += 70 * 24 * 60 * MINUTE_MS;
    await host.tracker.publish({ step: 'delivered', orderId: 'o-1' });
    await mailed(2);
    const [before, after] = world.inbox.mails.map((mail) => headerOf(mail, 'To'));
    expect(after).toMatch(ALIAS);
    expect(after).not.toBe(before);
  });

  it('sends each mail once though two processes hear the same and work side by side', async () => {
    const processes = [await world.start(), await world.start()];
    const ids = Array.from({ length: 20 }, (_, index) => `o-${index}`);
    for (const id of ids) world.place(id);
    await Promise.all(processes.flatMap(({ tracker }) => ids.map((id) => tracker.publish(approved(id)))));
    await mailed(20);
    for (const { tracker } of processes) await tracker.publish({ step: 'delivered', orderId: 'o-0' });
    await mailed(21);
    expect(new Set(world.inbox.mails.map(({ messageId }) => messageId)).size).toBe(21);
  });
});

describe('a host that could send no mail does not start, and learns the mend', () => {
  it.each<[string, object, RegExp]>([
    ['a mail server that is no URL', { mail: { url: 'mail.example.com' } }, /mail\.url/],
    ['a DKIM key that is none', { dkim: { selector: 's1', privateKey: 'secret' } }, /dkim\.privateKey/],
    ['a folder of templates that is not there', { templatesDirectory: '/nowhere' }, /templatesDirectory/],
    ['a DKIM key that is none', { dkim: { selector: 'ct1', privateKey: 'secret' } }, /dkim\.privateKey/],
  ])('%s', async (_, options, mend) => {
    await expect(startHost(options)).rejects.toThrow(mend);
  });
});
