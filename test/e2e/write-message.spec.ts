import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { simpleParser } from 'mailparser';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AliasService, type OrderPerson } from '../../libs/conversation-tracker/src/alias/alias.service.js';
import { newId } from '../../libs/conversation-tracker/src/kernel/ids.js';
import { TrackerDatabase } from '../../libs/conversation-tracker/src/persistence/tracker-database.js';
import { Attachment } from '../../libs/conversation-tracker/src/timeline/attachments/attachment.entity.js';
import { AuditEntry } from '../../libs/conversation-tracker/src/timeline/audit/audit-entry.entity.js';
import { blobKeyOf } from '../../libs/conversation-tracker/src/timeline/blob-key.js';
import { MessageRecorder } from '../../libs/conversation-tracker/src/timeline/message-recorder.js';
import { type MessageDetailView } from '../../libs/conversation-tracker/src/timeline/message-view.js';
import { CUSTOMER, DESK, headerOf, type MailProcess, MailWorld } from '../support/mail-world.js';

const SELLER = 'vendas@seller.example';
const ORDER = { storeId: 'default', orderId: 'o-1' };
const soon = { timeout: 15_000 };

let world: MailWorld;
let host: MailProcess;

beforeEach(async () => {
  world = await MailWorld.open();
  world.place('o-1', { sellers: [{ email: SELLER, name: 'Sol Ltda' }] });
  host = await world.start();
  await host.change({ senderName: 'The Shop', senderAddress: DESK });
});

afterEach(() => world.close());

const server = () => host.app.getHttpServer();
const post = (path: string, store = 'default') =>
  request(server()).post(`/conversation-tracker/${path}`).set('x-store', store);
const write = (body: object, store?: string) => post('orders/o-1/messages', store).send(body);
const read = async (id: string): Promise<MessageDetailView> => {
  const answer = await request(server())
    .get(`/conversation-tracker/messages/${id}`)
    .set('x-store', 'default')
    .expect(200);
  return answer.body as MessageDetailView;
};
const arrived = async (count: number) => {
  await vi.waitFor(() => expect(world.inbox.mails).toHaveLength(count), soon);
  return Promise.all(world.inbox.mails.map(async (mail) => ({ ...mail, parsed: await simpleParser(mail.raw) })));
};
const aliasOf = async (role: string, orderId = 'o-1'): Promise<string> => {
  const path = `/conversation-tracker/orders/${orderId}/aliases`;
  const { body } = await request(server()).get(path).set('x-store', 'default').expect(200);
  return (body as { aliases: { alias: string; roles: string[] }[] }).aliases.find(({ roles }) => roles.includes(role))!
    .alias;
};

/** A message of somebody's, as the relay records it. */
async function recordIncoming(from: Partial<OrderPerson> | undefined, originalMessageId: string): Promise<string> {
  const recorder = host.app.get(MessageRecorder, { strict: false });
  const database = host.app.get(TrackerDatabase);
  const createdAt = Date.now();
  const id = newId(createdAt);
  const prepared = await recorder.prepare({
    ...ORDER,
    id,
    direction: 'in',
    step: null,
    internetMessageId: `<${id}@ct.example.com>`,
    dedupeKey: id.repeat(2),
    hasAttachment: false,
    disposition: from ? 'relayed' : 'held',
    createdAt,
    subject: 'Will it fit?',
    from: { aliasId: from?.aliasId, participantId: from?.participantId, role: from?.role ?? 'contact' },
    recipients: [],
    body: { text: 'Will it fit?', html: '' },
    incoming: {
      sender: from?.address ?? 'eve@evil.example',
      verdict: { dmarc: 'pass', spf: 'pass', dkimDomains: [], verified: true },
      automatic: false,
      originalMessageId,
      references: [],
      replaced: [],
      notes: [],
    },
  });
  await database.transaction((manager) => recorder.recordMessage(manager, prepared));
  return id;
}

describe('a message that the store writes', () => {
  it('R31, R44 arrives with its files, by alias on both sides, and stands on the timeline as sent', async () => {
    const invoice = randomBytes(200_000);
    const photo = Buffer.from('GIF89a');
    const { body } = await post('orders/o-1/messages')
      .field('subject', 'About your order')
      .field('text', 'Here is your invoice.')
      .attach('attachments', invoice, { filename: 'Factura año.pdf', contentType: 'application/pdf' })
      .attach('photo', photo, { filename: 'photo.gif', contentType: 'image/gif' })
      .expect(202);
    const message = body as MessageDetailView;
    expect(message).toMatchObject({
      orderId: 'o-1',
      direction: 'out',
      subject: 'About your order',
      from: { role: 'store', name: 'The Shop' },
      to: [{ role: 'customer', name: 'Ana Pérez' }],
      hasAttachment: true,
      attachments: [
        { path: '2', name: 'Factura año.pdf', type: 'application/pdf', size: 200_000 },
        { path: '3', name: 'photo.gif', type: 'image/gif', size: 6 },
      ],
    });
    expect(message.step).toBeUndefined();

    const [mail] = await arrived(1);
    expect(mail.to).toEqual([CUSTOMER]);
    expect(mail.raw).not.toContain(CUSTOMER);
    expect(mail.raw).not.toContain(DESK);
    expect(mail.parsed.from?.value).toEqual([{ name: 'The Shop', address: message.from.alias }]);
    expect(mail.parsed.to).toMatchObject({ value: [{ name: 'Ana Pérez', address: message.to[0].alias }] });
    expect(mail.parsed.text?.trim()).toBe('Here is your invoice.');
    expect(headerOf(mail, 'Auto-Submitted')).toBe('');
    expect(mail.parsed.attachments.map(({ filename }) => filename)).toEqual(['Factura año.pdf', 'photo.gif']);
    expect(mail.parsed.attachments.map(({ content }) => content)).toEqual([invoice, photo]);

    await vi.waitFor(async () => expect((await read(message.id)).to[0].state).toBe('sent'), soon);
    expect((await host.timeline('o-1')).filter(({ kind }) => kind === 'message')).toHaveLength(1);
    for (const [path, bytes] of [
      ['2', invoice],
      ['3', photo],
    ] as const) {
      const file = `/conversation-tracker/messages/${message.id}/attachments/${path}`;
      const { body: downloaded } = await request(server())
        .get(file)
        .set('x-store', 'default')
        .responseType('blob')
        .expect(200);
      expect((downloaded as Buffer).equals(bytes)).toBe(true);
      await request(server()).get(file).set('x-store', 'other').expect(404);
      await request(server()).get(file).set('x-store', 'none').expect(403);
    }
    const audit = await host.app.get(TrackerDatabase).manager.findBy(AuditEntry, { action: 'message.written' });
    expect(audit.map(({ actor, detail }) => [actor, JSON.parse(detail)])).toEqual([
      ['test', { messageId: message.id }],
    ]);
  });

  it('R34 names people by alias wherever their addresses were written', async () => {
    const { body } = await write({
      to: ['customer'],
      subject: `For ${CUSTOMER}`,
      text: `Write to ${SELLER} or ${DESK}, not to friend@else.example.`,
      html: `<p>Write to <a href="mailto:${SELLER}">${SELLER}</a></p>`,
    }).expect(202);
    const [mail] = await arrived(1);
    const [customer, seller, store] = [await aliasOf('customer'), await aliasOf('seller'), await aliasOf('store')];
    expect(mail.parsed.subject).toBe(`For ${customer}`);
    expect(mail.parsed.text?.trim()).toBe(`Write to ${seller} or ${store}, not to friend@else.example.`);
    expect(mail.parsed.html).toContain(`<a href="mailto:${seller}">${seller}</a>`);
    expect((body as MessageDetailView).text).toContain(seller);
    for (const shown of [mail.raw, JSON.stringify(body)]) expect(shown).not.toContain('seller.example');
  });

  it('goes to each recipient in a copy of one thread, named by role or by alias', async () => {
    await write({ subject: 'First', text: 'x' }).expect(202);
    await arrived(1);
    const { body } = await write({ to: [await aliasOf('customer'), 'seller'], subject: 'Both', text: 'x' }).expect(202);
    expect((body as MessageDetailView).to.map(({ role }) => role).sort()).toEqual(['customer', 'seller']);
    const copies = (await arrived(3)).slice(1);
    expect(copies.map(({ to }) => to[0]).sort()).toEqual([CUSTOMER, SELLER]);
    expect(new Set(copies.map((mail) => headerOf(mail, 'Message-ID'))).size).toBe(1);
    for (const { parsed } of copies) {
      expect(parsed.to).toMatchObject({
        value: [{ address: await aliasOf('customer') }, { address: await aliasOf('seller') }],
      });
    }
  });

  it('R33 follows the message that it answers', async () => {
    const { body: first } = await write({ subject: 'One', text: 'x' }).expect(202);
    await write({ subject: 'Two', text: 'x', inReplyTo: (first as MessageDetailView).id }).expect(202);
    const [one, two] = await arrived(2);
    expect(headerOf(two, 'In-Reply-To')).toBe(headerOf(one, 'Message-ID'));
    expect(headerOf(two, 'References')).toContain(headerOf(one, 'Message-ID'));
    world.place('o-2');
    const other = await post('orders/o-2/messages')
      .send({ subject: 'x', text: 'x', inReplyTo: (first as MessageDetailView).id })
      .expect(422);
    expect(other.body).toMatchObject({ errors: [{ field: 'inReplyTo' }] });
  });

  it('is one message, however often the same request comes', async () => {
    const once = () => write({ subject: 'x', text: 'x' }).set('Idempotency-Key', 'form-17');
    const answers = await Promise.all([once(), once(), once()]);
    answers.push(await once());
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect(new Set(answers.map(({ body }) => (body as MessageDetailView).id)).size).toBe(1);
    await write({ subject: 'x', text: 'x' }).set('Idempotency-Key', 'form-18').expect(202);
    await arrived(2);
    expect(await host.messages('o-1')).toHaveLength(2);
  });

  it('R52 gives people whose aliases have ended new ones', async () => {
    const { body: first } = await write({ subject: 'x', text: 'x' }).expect(202);
    // A delivery that is under way while the clock leaps would lose its lease and be sent twice.
    await vi.waitFor(async () => expect((await read((first as MessageDetailView).id)).to[0].state).toBe('sent'), soon);
    const before = await aliasOf('customer');
    world.clock.ahead = 90 * 24 * 3_600_000;
    const { body } = await write({ subject: 'Still there?', text: 'x' }).expect(202);
    expect((body as MessageDetailView).to[0].alias).not.toBe(before);
    await arrived(2);
  });

  it('R40 keeps header lines out of subject, text and names of files', async () => {
    await post('orders/o-1/messages')
      .field('subject', 'Hello\r\nBcc: eve@evil.example')
      .field('text', 'a\0b')
      .attach('a', Buffer.from('x'), { filename: 'a"\r\nX-Evil: 1.txt', contentType: 'text/plain' })
      .attach('b', Buffer.from('x'), { filename: '../../etc/passwd', contentType: 'multipart/mixed' })
      .expect(202);
    const [mail] = await arrived(1);
    expect(mail.parsed.subject).toBe('Hello Bcc: eve@evil.example');
    expect(headerOf(mail, 'Bcc')).toBe('');
    expect(mail.raw).not.toMatch(/^X-Evil/im);
    expect(mail.parsed.text?.trim()).toBe('ab');
    expect(mail.parsed.attachments[1]).toMatchObject({ filename: 'passwd', contentType: 'application/octet-stream' });
  });

  it('R37 is not sent where a file shows the address of somebody else', async () => {
    const csv = { filename: 'list.csv', contentType: 'text/csv' };
    const { body } = await post('orders/o-1/messages')
      .field('subject', 'x')
      .field('text', 'x')
      .attach('a', Buffer.from(`name;mail\nSol;${SELLER}`), csv)
      .expect(422);
    expect(JSON.stringify(body)).not.toContain('seller.example');
    expect(await host.messages('o-1')).toEqual([]);
    // One's own is no leak to oneself (R34).
    await post('orders/o-1/messages')
      .field('subject', 'x')
      .field('text', 'x')
      .attach('a', Buffer.from(CUSTOMER), csv)
      .expect(202);
    await arrived(1);
  });

  it('stands there as failed where the person has no address that takes mail', async () => {
    world.place('o-3', {}, 'ana@localhost');
    const { body } = await post('orders/o-3/messages').send({ subject: 'x', text: 'x' }).expect(202);
    expect((body as MessageDetailView).to).toMatchObject([
      { state: 'failed', diagnostic: expect.any(String) as string },
    ]);
  });
});

describe('a message is refused', () => {
  it.each([
    [{ text: 'x' }, 'subject'],
    [{ subject: 'x' }, 'text'],
    [{ subject: '\u200b\r\n', text: 'x' }, 'subject'],
    [{ subject: 'x', text: ' ' }, 'text'],
    [{ subject: 'x', text: 'x'.repeat(60_000), html: 'x'.repeat(1), cc: [] }, 'body'],
    [{ subject: 'x', text: 'x', to: [] }, 'to'],
    [{ subject: 'x', text: 'x', to: ['carrier'] }, 'to'],
    [{ subject: 'x', text: 'x', to: ['store'] }, 'to'],
    [{ subject: 'x', text: 'x', to: [CUSTOMER] }, 'to'],
    [{ subject: 'x', text: 'x', to: ['0123456789abcdef0123456789abcdef@ct.example.com'] }, 'to'],
    [{ subject: 'x', text: 'x', inReplyTo: 'nothing' }, 'inReplyTo'],
    [{ subject: 1, text: {} }, 'subject'],
  ])('as %j, with the field to correct', async (body, field) => {
    const answer = await write(body).expect(422);
    expect(answer.body).toMatchObject({ type: 'urn:conversation-tracker:invalid-input' });
    expect((answer.body as { errors: { field: string }[] }).errors[0].field).toBe(field);
    expect(JSON.stringify(answer.body)).not.toContain('customer.example');
    expect(await host.messages('o-1')).toEqual([]);
  });

  it('without permission, and for an order of another store', async () => {
    await write({ subject: 'x', text: 'x' }, 'none').expect(403);
    await write({ subject: 'x', text: 'x' }, 'other').expect(404);
    await post('orders/o-9/messages').send({ subject: 'x', text: 'x' }).expect(404);
  });

  it('where its files are too many or too large together', async () => {
    const form = () => post('orders/o-1/messages').field('subject', 'x').field('text', 'x');
    let many = form();
    for (let n = 0; n < 21; n++) many = many.attach('a', Buffer.from('x'), { filename: `${n}.txt` });
    expect((await many.expect(413)).body).toMatchObject({ type: 'urn:conversation-tracker:message-too-large' });
    const large = form()
      .attach('a', Buffer.alloc(11 * 1024 * 1024), { filename: 'a.bin' })
      .attach('a', Buffer.alloc(10 * 1024 * 1024), { filename: 'b.bin' });
    expect((await large.expect(413)).body).toMatchObject({ type: 'urn:conversation-tracker:message-too-large' });
    expect(await host.messages('o-1')).toEqual([]);
  });

  it('where its form is broken', async () => {
    for (const body of ['', '--x\r\nContent-Disposition: form-data; name="subject"\r\n\r\nhalf']) {
      const answer = await post('orders/o-1/messages')
        .set('Content-Type', 'multipart/form-data; boundary=x')
        .send(body);
      expect([answer.status, (answer.body as { type: string }).type]).toEqual([
        422,
        'urn:conversation-tracker:invalid-input',
      ]);
    }
    await post('orders/o-1/messages').set('Content-Type', 'multipart/form-data').send('x').expect(422);
  });
});

describe('files that no message has in the end', () => {
  const large = Buffer.alloc(300_000, 'x');
  const form = (to: string) => post('orders/o-1/messages').field('to', to).field('text', 'x');
  const file = { filename: 'a.csv', contentType: 'text/csv' };

  /** Nothing is held in the database, and nothing lies in the folder of the store. */
  async function expectNothingLeft(): Promise<void> {
    const { manager } = host.app.get(TrackerDatabase);
    expect(await manager.countBy(Attachment, {})).toBe(0);
    const folder = join(world.directory, 'blobs', dirname(dirname(blobKeyOf('default', 'x'))));
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    expect(entries.filter((entry) => entry.isFile())).toEqual([]);
  }

  it('are gone where the message is refused', async () => {
    await form('customer').attach('a', large, file).expect(422);
    await expectNothingLeft();
    const tooLarge = form('customer').field('subject', 'x').attach('a', large, file);
    await tooLarge.attach('b', Buffer.alloc(20 * 1024 * 1024), file).expect(413);
    await expectNothingLeft();
  });

  it('are gone with the copies that were finished, where one shows an address', async () => {
    // The customer may see it, the seller may not: the first copy is finished, the second is refused.
    const list = Buffer.concat([Buffer.from(`${CUSTOMER}\n`), large]);
    await form('customer').field('to', 'seller').field('subject', 'x').attach('a', list, file).expect(422);
    await expectNothingLeft();
    expect(world.inbox.mails).toEqual([]);
  });

  it('are gone where the client went away in the middle', async () => {
    const { port } = server().listen(0).address() as AddressInfo;
    const head = (name: string) =>
      `--x\r\nContent-Disposition: form-data; name="f"; filename="${name}"\r\nContent-Type: text/csv\r\n\r\n`;
    const sent = httpRequest({
      port,
      method: 'POST',
      path: '/conversation-tracker/orders/o-1/messages',
      headers: { 'x-store': 'default', 'content-type': 'multipart/form-data; boundary=x' },
    });
    sent.on('error', () => undefined);
    sent.write(Buffer.concat([Buffer.from(head('a')), large, Buffer.from(`\r\n${head('b')}`), large]));
    const { manager } = host.app.get(TrackerDatabase);
    await vi.waitFor(async () => expect(await manager.countBy(Attachment, {})).toBe(1), soon);
    sent.destroy();
    await vi.waitFor(expectNothingLeft, soon);
  });
});

describe('a reply', () => {
  it('R33 to a message of the store goes to whom it went to, quoted, in its thread', async () => {
    const { body: first } = await write({ subject: 'Your order', text: 'Line one\n> older' }).expect(202);
    const { id } = first as MessageDetailView;
    const { body } = await post(`messages/${id}/reply`)
      .send({ text: 'One more thing.', html: '<p>One more</p>' })
      .expect(202);
    expect(body).toMatchObject({ subject: 'Re: Your order', to: [{ role: 'customer' }] });
    const [one, two] = await arrived(2);
    expect(headerOf(two, 'In-Reply-To')).toBe(headerOf(one, 'Message-ID'));
    expect(two.parsed.text).toMatch(
      /^One more thing\.\n\nThe Shop, \d{4}-\d\d-\d\d \d\d:\d\d UTC:\n> Line one\n>> older/,
    );
    expect(two.parsed.html).toContain('<blockquote>Line one<br>\n&gt; older</blockquote>');
    const { body: again } = await post(`messages/${(body as MessageDetailView).id}/reply`)
      .send({ text: 'x' })
      .expect(202);
    expect(again).toMatchObject({ subject: 'Re: Your order' });
  });

  it('R33 to a message that came in goes to its writer, who knows it by the id it was sent with', async () => {
    await write({ to: ['customer', 'seller'], subject: 'x', text: 'x' }).expect(202);
    const [person] = (await host.app.get(AliasService).people(ORDER)).filter(({ role }) => role === 'customer');
    const id = await recordIncoming(person, '<ana-1@mail.customer.example>');
    await post(`messages/${id}/reply`).send({ text: 'Yes, it will.' }).expect(202);
    await write({ to: ['seller'], subject: 'Re: Will it fit?', text: 'x', inReplyTo: id }).expect(202);
    const [toCustomer, toSeller] = (await arrived(4)).slice(2);
    expect(toCustomer.to).toEqual([CUSTOMER]);
    expect(headerOf(toCustomer, 'In-Reply-To')).toBe('<ana-1@mail.customer.example>');
    expect(toCustomer.parsed.subject).toBe('Re: Will it fit?');
    expect(toCustomer.parsed.text).toMatch(/> Will it fit\?/);
    // Nobody else sees that id: it may name the writer.
    expect(toSeller.to).toEqual([SELLER]);
    expect(headerOf(toSeller, 'In-Reply-To')).toBe(`<${id}@ct.example.com>`);
    expect(toSeller.raw).not.toContain('customer.example');
  });

  it('has nobody to go to where nobody of the order wrote', async () => {
    const id = await recordIncoming(undefined, '<eve-1@evil.example>');
    expect((await post(`messages/${id}/reply`).send({ text: 'x' }).expect(422)).body).toMatchObject({
      errors: [{ field: 'id' }],
    });
  });

  it('is refused for a message of another store', async () => {
    const { body: first } = await write({ subject: 'x', text: 'x' }).expect(202);
    await post(`messages/${(first as MessageDetailView).id}/reply`, 'other')
      .send({ text: 'x' })
      .expect(404);
    await post(`messages/${(first as MessageDetailView).id}/reply`, 'none')
      .send({ text: 'x' })
      .expect(403);
    await post('messages/nothing/reply').send({ text: 'x' }).expect(404);
    await post(`messages/${(first as MessageDetailView).id}/reply`)
      .send({})
      .expect(422);
  });
});
