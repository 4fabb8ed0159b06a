import { createHash, createHmac } from 'node:crypto';
import { type INestApplication } from '@nestjs/common';
import express from 'express';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chosenAdapter } from '../support/http-adapter.js';
import { CUSTOMER, DESK } from '../support/mail-world.js';
import { SECRET, signedHeaders } from '../support/raw-mail.js';
import { type RelayProcess, RelayWorld, signedAs, OPERATOR } from '../support/relay-world.js';
import { createTransport } from 'nodemailer';

const PATH = '/conversation-tracker/inbound/raw';
const OTHER_SECRET = 'b2'.repeat(32);
const inbound = { operatorAddress: OPERATOR, webhookSecrets: [SECRET, OTHER_SECRET] };
const never = `${'c3'.repeat(16)}@ct.example.com`;

let world: RelayWorld;
let oms: RelayProcess;
let store: string;
beforeEach(async () => {
  world = await RelayWorld.open();
  oms = await world.start({ inbound });
  ({ store } = await oms.begin());
});
afterEach(() => world.close());

const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 15_000, interval: 50 });

/** As the customer's own server would have signed it. */
async function mail(more: object = {}): Promise<Buffer> {
  const transport = createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
    dkim: signedAs('customer.example'),
  });
  const { message } = await transport.sendMail({
    from: `Ana <${CUSTOMER}>`,
    to: store,
    subject: 'About my order',
    text: 'Where is it?',
    ...more,
  });
  return message as Buffer;
}

function post(message: Buffer, headers: Record<string, string>, app: INestApplication = oms.app) {
  return request(app.getHttpServer())
    .post(PATH)
    .set(headers)
    .send(message as never);
}

const ana = (...recipients: string[]) => ({ sender: CUSTOMER, recipients });
const held = async () => (await oms.host.messages('o-1')).filter(({ direction }) => direction === 'in');

describe('a raw message that is posted', () => {
  it('R9 R12 is relayed like one that came by SMTP', async () => {
    const message = await mail();
    const { body } = await post(message, signedHeaders(message, ana(store))).expect(202);
    expect(body).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/), rejected: [] });
    await eventually(() => expect(world.at(DESK)).toHaveLength(1));
    expect(world.at(DESK)[0].raw).toContain('Where is it?');
    expect(world.at(DESK)[0].raw).not.toContain(CUSTOMER);
  });

  it('R12 may be as big as one that comes by SMTP, whatever the limit of the host’s body parsers', async () => {
    const message = await mail({ attachments: [{ filename: 'scan.bin', content: Buffer.alloc(3_000_000, 'x') }] });
    await post(message, signedHeaders(message, ana(store))).expect(202);
  });

  it('R12 is signed in a way that a shell can do too', async () => {
    const message = await mail();
    const timestamp = Math.floor(Date.now() / 1_000);
    const digest = createHash('sha256').update(message).digest('base64');
    const lines = [
      'conversation-tracker/raw-mail/1',
      timestamp,
      '192.0.2.1',
      'mx.customer.example',
      CUSTOMER,
      store,
      digest,
    ];
    await post(message, {
      'Content-Type': 'message/rfc822',
      'Content-Digest': `sha-256=:${digest}:`,
      'X-Timestamp': String(timestamp),
      'X-Client-Address': '192.0.2.1',
      'X-Client-Helo': 'mx.customer.example',
      'X-Envelope-From': `<${CUSTOMER}>`.slice(1, -1),
      'X-Envelope-To': store,
      'X-Signature': createHmac('sha256', SECRET).update(lines.join('\n')).digest('hex'),
    }).expect(202);
  });

  it('R12 is taken under each of the secrets, while they are changed', async () => {
    const message = await mail();
    await post(message, signedHeaders(message, ana(store), OTHER_SECRET)).expect(202);
  });

  it('R12 is not taken a second time, by any process', async () => {
    const message = await mail();
    const headers = signedHeaders(message, ana(store));
    const answers = await Promise.all([1, 2, 3].map(() => post(message, headers)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 409, 409]);
    expect(answers.find(({ status }) => status === 409)!.body).toMatchObject({
      type: 'urn:conversation-tracker:signature-replayed',
    });
    const second = await world.start({ inbound: { ...inbound, spoolDirectory: `${world.mail.directory}/second` } });
    await post(message, headers, second.app).expect(409);
    await post(message, signedHeaders(message, { ...ana(store), clientHelo: 'again' }), second.app).expect(202);
    await eventually(async () => expect(await held()).toHaveLength(1));
  });

  it('R12 is not taken unless all that is signed is as it was signed, lately', async () => {
    const message = await mail();
    const right = signedHeaders(message, ana(store));
    const changed: Record<string, string>[] = [
      { 'X-Signature': 'a'.repeat(64) },
      { 'X-Signature': '' },
      { 'X-Envelope-To': never },
      { 'X-Envelope-From': 'eve@evil.example' },
      { 'X-Client-Address': '192.0.2.2' },
      { 'X-Client-Helo': 'mx.evil.example' },
      { 'X-Timestamp': '1' },
      { 'Content-Digest': '' },
    ];
    const old = String(Math.floor(Date.now() / 1_000) - 121);
    const requests = [
      ...changed.map((headers) => post(message, { ...right, ...headers })),
      post(message, signedHeaders(message, ana(store), 'c3'.repeat(32))),
      post(message, signedHeaders(message, { ...ana(store), timestamp: old })),
      post(message, signedHeaders(message, { ...ana(store), contentDigest: '' })),
      post(Buffer.concat([message, Buffer.from('More\r\n')]), right),
    ];
    for (const answer of await Promise.all(requests)) {
      expect(answer.status).toBe(401);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    }
    expect(await held()).toEqual([]);
  });

  it('R3 R10 reaches the recipients that are ours, and says which are not', async () => {
    const message = await mail();
    const { body } = await post(message, signedHeaders(message, ana(never, store))).expect(202);
    expect(body.rejected).toEqual([
      { recipient: 0, temporary: false, status: '5.1.1', detail: 'No such mailbox here' },
    ]);
    const refused = await post(message, signedHeaders(message, ana(never, 'juan@elsewhere.example'))).expect(422);
    expect(refused.body).toMatchObject({
      type: 'urn:conversation-tracker:mail-refused',
      errors: [
        { field: 'X-Envelope-To[0]', message: '5.1.1 No such mailbox here' },
        { field: 'X-Envelope-To[1]', message: '5.7.1 Relaying is not allowed' },
      ],
    });
  });

  it('R13 is held, not refused, where its header does not say who wrote it', async () => {
    const message = Buffer.from(`From: ${CUSTOMER}, eve@evil.example\r\nSubject: Hi\r\n\r\nHello\r\n`);
    await post(message, signedHeaders(message, ana(store))).expect(202);
    await eventually(async () => expect(await held()).toMatchObject([{ disposition: 'held' }]));
  });

  it.each([
    ['bare line ends', (message: Buffer) => Buffer.from(message.toString().replaceAll('\r\n', '\n')), '5.6.0'],
    ['too many octets', () => Buffer.alloc(26 * 1024 * 1024, 'From: a@b.example\r\n'), '5.3.4'],
  ])('R2 R7 is refused with %s', async (_what, broken, status) => {
    const message = broken(await mail());
    const { body } = await post(message, signedHeaders(message, ana(store))).expect(422);
    expect(body.detail).toContain(status);
    expect(await held()).toEqual([]);
  });

  it('needs an envelope that is one', async () => {
    const message = await mail();
    const wrong = { ...ana(), sender: 'ana', clientAddress: 'localhost' };
    const { body } = await post(message, signedHeaders(message, wrong)).expect(422);
    expect(body.errors.map(({ field }: { field: string }) => field)).toEqual([
      'X-Client-Address',
      'X-Envelope-To',
      'X-Envelope-From',
    ]);
    const text = { ...signedHeaders(message, ana(store)), 'Content-Type': 'text/x-mail' };
    // Fastify has no parser for it, and says so by itself.
    expect((await post(message, text)).status).toBe(chosenAdapter() === 'fastify' ? 415 : 422);
  });

  it('R21 may come from nobody and from nowhere that is known', async () => {
    const message = await mail();
    const report = { sender: '', recipients: [store], clientAddress: '', clientHelo: '' };
    await post(message, signedHeaders(message, report)).expect(202);
  });

  it('asks to come back when a network sends too much', async () => {
    const limits = { messagesPerMinute: 0 };
    const spoolDirectory = `${world.mail.directory}/second`;
    const second = await world.start({ inbound: { ...inbound, limits, spoolDirectory } });
    const message = await mail();
    const { body } = await post(message, signedHeaders(message, ana(store)), second.app).expect(429);
    expect(body.type).toBe('urn:conversation-tracker:mail-rate-limited');
  });

  it('leaves nothing behind when the client goes away in the middle of it', async () => {
    const message = await mail();
    await oms.app.listen(0, '127.0.0.1');
    const { port } = oms.app.getHttpServer().address() as { port: number };
    const half = new ReadableStream({
      start(controller) {
        controller.enqueue(message.subarray(0, 200));
        setTimeout(() => controller.error(new Error('gone')), 100);
      },
    });
    const sent = fetch(`http://127.0.0.1:${port}${PATH}`, {
      method: 'POST',
      body: half,
      headers: signedHeaders(message, ana(store)),
      duplex: 'half',
    });
    await expect(sent).rejects.toThrow();
    await post(message, signedHeaders(message, { ...ana(store), clientHelo: 'again' })).expect(202);
    await eventually(async () => expect(await held()).toHaveLength(1));
  });
});

describe('where nobody has a secret', () => {
  it('there is no such route', async () => {
    const closed = await world.start({
      inbound: { operatorAddress: OPERATOR, spoolDirectory: `${world.mail.directory}/second` },
    });
    const message = await mail();
    await post(message, signedHeaders(message, ana(store)), closed.app).expect(404);
  });
});

describe.runIf(chosenAdapter() === 'express')('a host that parses every body', () => {
  it.each([
    ['bytes', express.raw({ type: '*/*' })],
    ['text', express.text({ type: '*/*' })],
  ])('into %s is no obstacle', async (_what, parser) => {
    const outer = express().use(parser, oms.app.getHttpAdapter().getInstance() as express.Express);
    const message = await mail();
    await request(outer)
      .post(PATH)
      .set(signedHeaders(message, ana(store)))
      .send(message as never)
      .expect(202);
  });
});
