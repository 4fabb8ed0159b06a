import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hashPasswordCommand } from '../../libs/conversation-tracker/src/cli/hash-password.command.js';
import type { InboxMail } from '../../src/inbox/inbox-mail.js';
import { MailEntrance } from '../../src/inbox/mail-entrance.js';
import type { Order } from '../../src/orders/order.js';
import { TestOms } from '../support/oms.js';
import { SECRET, signedHeaders } from '../support/raw-mail.js';

const ERP = 'erp@warehouse.example';
const TOKEN = 'd4'.repeat(16);

let directory: string;
let oms: TestOms;
let order: Order;

async function hashed(password: string): Promise<string> {
  let out = '';
  const write = { out: (text: string) => (out += text), error: () => undefined };
  expect(await hashPasswordCommand([], write, Readable.from([`${password}\n`]))).toBe(0);
  return out.trim();
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'oms-integrations-'));
  const accounts = join(directory, 'accounts.json');
  const secrets = join(directory, 'webhook.secret');
  await writeFile(
    accounts,
    JSON.stringify([{ name: 'erp', passwordHash: await hashed('pass phrase'), addresses: [ERP] }]),
  );
  await writeFile(secrets, `${'b2'.repeat(32)}\n${SECRET}\n`);
  oms = await TestOms.startTracked({
    INBOUND_ACCOUNTS_FILE: accounts,
    INBOUND_WEBHOOK_SECRET_FILE: secrets,
    METRICS_TOKEN: TOKEN,
  });
  order = await oms.placeOrder();
});
afterAll(async () => {
  await oms.stop();
  await rm(directory, { recursive: true });
});

const arrived = (subject: string): Promise<InboxMail> =>
  vi.waitFor(
    async () => {
      const { body } = await oms.anyone().get('/inbox.json').expect(200);
      const mail = (body as { mails: InboxMail[] }).mails.find((one) => one.subject === subject);
      expect(mail).toBeDefined();
      return mail!;
    },
    { timeout: 15_000, interval: 50 },
  );

describe('the reference OMS, to other systems', () => {
  it('R18 lets a declared program sign in and write to an alias as itself', async () => {
    const transport = createTransport({
      host: '127.0.0.1',
      port: oms.app.get(MailEntrance, { strict: false }).port,
      auth: { user: 'erp', pass: 'pass phrase' },
      tls: { rejectUnauthorized: false },
    });
    const letter = { from: ERP, to: order.clientProfileData.email, subject: 'Your invoice', text: 'See below.' };
    await transport.sendMail(letter);
    transport.close();
    expect(await arrived('Your invoice')).toMatchObject({ envelope: { to: ['juan@customer.example'] } });
  });

  it('R12 takes a signed message without an API key, and nothing else', async () => {
    const message = `From: <${ERP}>\r\nTo: x@ct.example.com\r\nSubject: Picked\r\n\r\nIt is picked.\r\n`;
    const headers = signedHeaders(message, { sender: ERP, recipients: [order.clientProfileData.email] });
    const path = '/conversation-tracker/inbound/raw';
    await oms.anyone().post(path).set(headers).send(message).expect(202);
    await oms
      .anyone()
      .post(path)
      .set({ ...headers, 'X-Signature': 'c3'.repeat(32) })
      .send(message)
      .expect(401, /signature/);

    for (const elsewhere of [`${path}/`, '/conversation-tracker/orders/o-1/messages']) {
      await oms
        .anyone()
        .post(elsewhere)
        .set(headers)
        .send(message)
        .expect(401, /unauthenticated/);
    }
  });
});

describe('the reference OMS, to probes and monitors', () => {
  it('says that it is alive and ready, and no more', async () => {
    await oms.anyone().get('/health/live').expect(200, { status: 'up' });
    const up = { status: 'up' };
    const checks = { database: up, queues: up, disk: up, smtp: up };
    await oms.anyone().get('/health/ready').expect(200, { status: 'up', checks });
    await oms.as('owner').get('/conversation-tracker/health').expect(200);
    await oms.as('staff').get('/conversation-tracker/health').expect(403);
  });

  it('R45 counts for who has the token, without an address', async () => {
    await oms.anyone().get('/metrics').expect(404);
    await oms
      .anyone()
      .get('/metrics')
      .set('Authorization', `Bearer ${'e5'.repeat(16)}`)
      .expect(404);
    const { text } = await oms.anyone().get('/metrics').set('Authorization', `Bearer ${TOKEN}`).expect(200);
    expect(text).toMatch(/^conversation_tracker_mail_accepted_total [1-9]/m);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
    expect(text).not.toContain('@');
  });
});

describe('the hash-password command', () => {
  it('takes no password as an argument, where others may read it', async () => {
    let error = '';
    const write = { out: () => undefined, error: (text: string) => (error += text) };
    expect(await hashPasswordCommand(['pass'], write)).toBe(2);
    expect(await hashPasswordCommand([], write, Readable.from(['\n']))).toBe(2);
    expect(error).toContain('Usage: hash-password');
  });
});
