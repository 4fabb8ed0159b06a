import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DevelopmentKey } from '../auth/keys-file.js';
import { createApp } from '../create-app.js';
import { storeById } from '../stores/stores.js';
import { converse } from './conversation.js';
import { DemoLog } from './demo-log.js';
import { Erp } from './erp.js';
import { Mailboxes } from './mailboxes.js';
import { OmsClient } from './oms-client.js';
import { until } from './patience.js';
import { demoOrders, fiveSteps } from './sample-order.js';

/** What a demo run counted. */
export interface DemoReport {
  orders: number;
  mailsDelivered: number;
  timelineMessages: number;
  /** Answers of customers and stores that came to the other side. */
  answersRelayed: number;
  /** Mails of somebody who wrote in a customer's name. */
  spoofsHeld: number;
  pushes: number;
  realAddressesInJson: number;
  realAddressesInPushes: number;
  realAddressesInLogs: number;
  /** Of the mails' headers and bodies; the envelope alone names the person. */
  realAddressesInMails: number;
  seconds: number;
  /** What is not as it should be; empty when all is well. */
  wrong: string[];
}

/** Starts the OMS with a database, mailboxes and an ERP of its own, takes orders through their five steps, lets people answer, and looks. */
export async function runDemo(): Promise<DemoReport> {
  const startedAt = Date.now();
  const directory = await mkdtemp(join(tmpdir(), 'oms-demo-'));
  const erp = new Erp();
  const log = new DemoLog();
  const app = await createApp(
    {
      NODE_ENV: 'development',
      PORT: '0',
      OMS_DATABASE: join(directory, 'oms.sqlite'),
      OMS_API_KEYS_FILE: '',
      SEED_ORDERS: 'false',
      SMTP_URL: '',
      INBOX_SMTP_PORT: '0',
      INBOUND_SMTP_PORT: '0',
      ERP_WEBHOOK_URL: await erp.open(),
    },
    log,
  );
  try {
    await app.listen(0, '127.0.0.1');
    const keys = JSON.parse(await readFile(join(directory, 'dev-keys.json'), 'utf8')) as DevelopmentKey[];
    const url = await app.getUrl();
    const clients = demoOrders.map(({ storeId }) => {
      const { key } = keys.find((known) => known.storeId === storeId && known.role === 'integrator')!;
      return new OmsClient(url, key);
    });
    const owner = new OmsClient(url, keys.find(({ storeId, role }) => storeId === 'outlet' && role === 'owner')!.key);
    await owner.ask('PATCH', '/conversation-tracker/settings', { maskType: 'simple' });

    const orderIds: string[] = [];
    for (const [index, client] of clients.entries())
      orderIds.push(await takeThroughSteps(client, demoOrders[index].input));
    const expected = orderIds.length * fiveSteps.length;
    const mailboxes = new Mailboxes(url);
    await until(async () => (await mailboxes.mails()).length >= expected);
    await until(() => erp.pushes.length >= expected + orderIds.length);
    const mailsDelivered = (await mailboxes.mails()).filter(({ envelope }) => envelope.to.every(isCustomer)).length;
    let timelineMessages = 0;
    for (const [index, client] of clients.entries()) {
      await client.get('/api/oms/pvt/orders');
      timelineMessages += await countMessages(client, orderIds[index]);
    }
    const talks = [];
    for (const [index, client] of clients.entries()) {
      const { email, storeId } = demoOrders[index];
      const store = storeById(storeId).email;
      talks.push(await converse(mailboxes, { orderId: orderIds[index], customer: email, store, client }));
    }
    const answers = clients.flatMap((client) => client.answers);
    return judge({
      orders: orderIds.length,
      mailsDelivered,
      timelineMessages,
      answersRelayed: talks.reduce((sum, { relayed }) => sum + relayed, 0),
      spoofsHeld: talks.reduce((sum, { held }) => sum + held, 0),
      pushes: erp.pushes.length,
      realAddressesInJson: countReal(answers),
      realAddressesInPushes: countReal(erp.pushes),
      realAddressesInLogs: countReal(log.lines),
      realAddressesInMails: countReal(await mailboxes.contents()),
      seconds: (Date.now() - startedAt) / 1000,
      wrong: [],
    });
  } finally {
    await app.close();
    await erp.close();
    await rm(directory, { recursive: true });
  }
}

async function takeThroughSteps(client: OmsClient, input: object): Promise<string> {
  const { orderId } = await client.ask<{ orderId: string }>('POST', '/api/oms/pvt/orders', input);
  for (const { method, path, body } of fiveSteps)
    await client.ask(method, `/api/oms/pvt/orders/${orderId}/${path}`, body);
  await client.get(`/api/oms/pvt/orders/${orderId}`);
  return orderId;
}

/** Messages of an order's timeline whose delivery the mail server confirmed. */
async function countMessages(client: OmsClient, orderId: string): Promise<number> {
  const path = `/conversation-tracker/orders/${orderId}/messages`;
  type Page = { messages: { to: { state: string }[] }[] };
  const sent = ({ messages }: Page) => messages.filter(({ to }) => to.every(({ state }) => state === 'sent'));
  let page = await client.get<Page>(path);
  await until(async () => {
    page = await client.get<Page>(path);
    return sent(page).length >= fiveSteps.length;
  });
  return sent(page).length;
}

const isCustomer = (recipient: string) => demoOrders.some(({ email }) => email === recipient);

const everybody = demoOrders.flatMap(({ email, storeId }) => [email, storeById(storeId).email]);

/** Real addresses, not the Simple aliases that begin with one: those go on with `-<number>b.<tracker domain>`. */
function countReal(texts: readonly string[]): number {
  const patterns = everybody.map(
    (email) => new RegExp(`${email.replaceAll('.', '\\.').replace('@', '(?:@|%40|=40)')}(?!-\\d{12}b\\.)`, 'gi'),
  );
  // An alias may go on behind the soft break of a quoted-printable line, or a fold.
  const unbroken = texts.map((text) => text.replace(/=\r?\n|\r?\n[ \t]/g, ''));
  return unbroken.reduce((sum, text) => patterns.reduce((n, one) => n + (text.match(one)?.length ?? 0), sum), 0);
}

function judge(report: DemoReport): DemoReport {
  const expected = report.orders * fiveSteps.length;
  const rules: [boolean, string][] = [
    [report.mailsDelivered === expected, `${expected} mails should have been delivered`],
    [report.timelineMessages === expected, `${expected} messages should stand on the timelines`],
    [report.answersRelayed === 2 * report.orders, `${2 * report.orders} answers should have come to the other side`],
    [report.spoofsHeld === report.orders, `${report.orders} mails of a spoofer should have been held`],
    [report.pushes >= expected, `the ERP should have got ${expected} pushes or more`],
    [report.realAddressesInJson === 0, 'an order JSON shows a real address'],
    [report.realAddressesInPushes === 0, 'a push shows a real address'],
    [report.realAddressesInLogs === 0, 'a log line shows a real address'],
    [report.realAddressesInMails === 0, 'a mail shows a real address'],
  ];
  return { ...report, wrong: rules.filter(([right]) => !right).map(([, message]) => message) };
}
