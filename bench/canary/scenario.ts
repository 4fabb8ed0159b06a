import { setTimeout as wait } from 'node:timers/promises';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { canaryOf as at, type Place, places } from './canaries.js';
import { type CanaryOms } from './canary-oms.js';
import { type Evidence } from './evidence.js';
import { type QuotingMailServer } from './quoting-servers.js';

const PATIENCE_MS = 30_000;
const tracker = '/conversation-tracker';
const orders = '/api/oms/pvt/orders';

interface Order {
  orderId: string;
  clientProfileData: { email: string };
  followUpEmail: string;
}

/** What must have happened before what came out is worth a look. */
export type Happened = Record<string, boolean>;

/** Orders and mails with a canary in every field, and everything made to fail that can quote one. */
export class Scenario {
  readonly happened: Happened = {};

  constructor(
    private readonly oms: CanaryOms,
    private readonly evidence: Evidence,
    private readonly mailServer: QuotingMailServer,
  ) {}

  async run(): Promise<void> {
    const settings = { relay: 'anyone', trustedSenders: [at('trusted-sender')] };
    await this.oms.ask({ method: 'PATCH', path: `${tracker}/settings`, role: 'owner', body: settings, shows: true });
    const order = await this.place(orderInput('customer'));
    await this.orderSteps(order.orderId);
    const refused = await this.place(orderInput('refused'));
    const deferred = await this.place(orderInput('deferred'));
    for (const { orderId } of [refused, deferred]) await this.post(`${orders}/${orderId}/payment-approved`);
    await this.write(order.orderId);
    await this.receive(order, refused);
    await this.reveal(order);
    await this.wrongRequests(order.orderId);
    await this.brokenDatabase(order, refused);
    await this.until('a mail was refused, and a mail waits', async () => {
      const rows = await this.oms.query('SELECT DISTINCT "state" FROM ct_delivery');
      return ['failed', 'deferred'].every((state) => rows.some((row) => row['state'] === state));
    });
    await this.readEverything([order.orderId, refused.orderId, deferred.orderId]);
    await this.oms.keepTables();
  }

  private async orderSteps(orderId: string): Promise<void> {
    const invoice = { invoiceNumber: '1', invoiceValue: 100, courier: at('courier'), trackingNumber: at('courier') };
    const note = { description: `Ask ${at('tracking-note')}`, city: at('tracking-note') };
    await this.post(`${orders}/${orderId}/payment-approved`);
    await this.post(`${orders}/${orderId}/start-handling`);
    await this.post(`${orders}/${orderId}/invoice`, invoice);
    await this.send('PATCH', `${orders}/${orderId}/invoice/1/tracking`, { note });
    await this.send('PUT', `${orders}/${orderId}/client-profile/email`, { email: at('corrected') });
    const canceled = await this.place(orderInput('customer'));
    await this.post(`${orders}/${canceled.orderId}/cancel`, { reason: `Ask ${at('cancel-reason')}` });
    await this.until('mails went out', () => this.mailServer.taken >= 4);
  }

  private async write(orderId: string): Promise<void> {
    const letters = [
      { subject: `About ${at('written-subject')}`, text: at('written-text'), html: `<p>${at('written-html')}</p>` },
      { subject: `About ${at('corrected')}`, text: `Dear ${at('corrected')}`, html: `<p>${at('seller')}</p>` },
      { to: [at('written-text')], subject: 'To a stranger', text: 'Hello' },
    ];
    for (const letter of letters) await this.post(`${tracker}/orders/${orderId}/messages`, letter);
    const form = new FormData();
    form.set('subject', 'A file');
    form.set('text', 'See the file.');
    form.set('file', new Blob([`Name: ${at('customer')}`]), `${at('written-file-name')}.txt`);
    await this.post(`${tracker}/orders/${orderId}/messages`, form);
    await this.post(`${tracker}/orders/${orderId}/notes`, { text: `She writes from ${at('note')}` });
    const reply = { locale: 'en', title: 'Where', text: `Write to ${at('canned-reply')}` };
    // The store's own text is shown to who wrote it.
    const path = `${tracker}/canned-replies`;
    await this.oms.ask({ method: 'POST', path, role: 'staff', body: reply, shows: true });
  }

  private async receive(order: Order, refused: Order): Promise<void> {
    const store = order.followUpEmail;
    await this.mail(at('stranger'), store, everywhere());
    await this.mail(at('corrected'), store, everywhere());
    // A copy of it bounces, and the store is told.
    await this.mail(at('stranger'), refused.clientProfileData.email, { subject: 'Hello', text: at('mail-text') });
    await this.mail(at('stranger'), store, { raw: nested(at('stranger'), store) });
    await this.mail(at('unknown-recipient'), `${'0'.repeat(32)}@ct.example.com`, {});
    await this.mail(at('unknown-recipient'), at('unknown-recipient'), {});
    await this.until('mail came in, and some of it is held', async () => {
      const path = `${tracker}/held-messages`;
      const { body } = await this.oms.ask({ path, role: 'staff' });
      const { messages = [] } = Object(body) as { messages?: { id: string }[] };
      for (const { id } of messages) {
        await this.post(`${tracker}/messages/${id}/release`, { trustSender: true });
      }
      return messages.length > 0;
    });
  }

  private async reveal({ clientProfileData: { email: alias } }: Order): Promise<void> {
    const role = 'owner';
    const ask = (path: string, body: object, shows?: true) =>
      this.oms.ask({ method: 'POST', path: tracker + path, role, body, ...(shows ? { shows } : {}) });
    await ask('/reveals', { alias, reason: 'The carrier needs it' }, true);
    await ask('/reveals', { alias, reason: `mail for ${at('reason')}` });
    await ask('/matches', { alias, address: at('matched') });
    await ask('/order-searches', { text: at('searched') });
    await ask('/order-searches', { text: at('customer') });
  }

  private async wrongRequests(orderId: string): Promise<void> {
    const path = encodeURIComponent(at('path'));
    for (const role of ['owner', 'integrator', undefined] as const) {
      const ask = (request: object) => this.oms.ask({ ...(role ? { role } : {}), path: orders, ...request });
      for (const place of [`${orders}/${path}`, `${tracker}/orders/${path}/timeline`, `${tracker}/messages/${path}`]) {
        await ask({ path: place });
      }
      await ask({ path: `/nowhere/${at('path')}` });
      await ask({ path: `${tracker}/orders/${orderId}/timeline?cursor=${encodeURIComponent(at('query'))}` });
      await ask({ path: `${orders}?page=${encodeURIComponent(at('query'))}&q=${at('query')}` });
      await ask({ headers: { 'X-Reason': at('header'), 'Idempotency-Key': at('header'), 'User-Agent': at('header') } });
      await ask({ method: 'POST', body: `{ "email": "${at('broken-json')}", ` });
      await ask({
        method: 'POST',
        body: { clientProfileData: { email: [at('wrong-field')] }, items: at('wrong-field') },
      });
      await ask({ method: 'POST', body: { [at('wrong-field')]: 1 } });
      await ask({ method: 'PATCH', path: `${tracker}/settings`, body: { senderAddress: `x ${at('wrong-field')}` } });
      await ask({ method: 'PATCH', path: `${tracker}/settings`, body: { [at('wrong-field')]: at('wrong-field') } });
      await ask({ method: 'POST', path: `${tracker}/aliases/${path}/revoke` });
      await ask({ method: 'POST', path: `${tracker}/order-searches`, body: { text: [at('wrong-field')] } });
    }
  }

  /** Without a table, each statement fails, and the error holds what it was given. */
  private async brokenDatabase(order: Order, other: Order): Promise<void> {
    for (const table of [
      'ct_participant',
      'ct_message',
      'ct_outbox_event',
      'ct_audit_entry',
      'ct_timeline_entry',
      'oms_order',
    ]) {
      const [{ n }] = await this.oms.query(`SELECT COUNT(*) AS n FROM sqlite_master WHERE name = '${table}'`);
      if (n !== 1) continue;
      await this.oms.query(`ALTER TABLE "${table}" RENAME TO "away"`);
      await this.place(orderInput('database-error'));
      await this.readEverything([order.orderId, other.orderId]);
      await this.post(`${tracker}/orders/${order.orderId}/messages`, { subject: 'x', text: at('database-error') });
      await this.post(`${orders}/${other.orderId}/start-handling`);
      await this.mail(at('database-error'), order.followUpEmail, { subject: 'x', text: at('database-error') });
      await this.oms.query(`ALTER TABLE "away" RENAME TO "${table}"`);
      this.happened['the database failed'] = true;
    }
  }

  private async readEverything(orderIds: readonly string[]): Promise<void> {
    for (const role of ['staff', 'integrator'] as const) {
      for (const orderId of orderIds) {
        for (const part of ['timeline', 'messages', 'aliases']) {
          await this.oms.ask({ path: `${tracker}/orders/${orderId}/${part}`, role });
        }
        await this.oms.ask({ path: `${orders}/${orderId}`, role });
        await this.oms.ask({ path: `${orders}/${orderId}/conversation-message`, role });
        const { body } = await this.oms.ask({ path: `${tracker}/orders/${orderId}/messages`, role });
        const { messages = [] } = Object(body) as { messages?: { id: string }[] };
        for (const { id } of messages) await this.oms.ask({ path: `${tracker}/messages/${id}`, role });
      }
      for (const path of [
        orders,
        `${tracker}/orders`,
        `${tracker}/held-messages`,
        `${tracker}/setup`,
        '/metrics',
        '/health/ready',
      ]) {
        await this.oms.ask({ path, role });
      }
    }
    await this.oms.ask({ path: `${tracker}/audit?limit=200`, role: 'owner' });
  }

  private async place(body: object): Promise<Order> {
    const placed = await this.oms.ask({ method: 'POST', path: orders, role: 'integrator', body });
    return placed.body as Order;
  }

  private post(path: string, body: object = {}) {
    return this.send('POST', path, body);
  }

  private send(method: string, path: string, body: object) {
    return this.oms.ask({ method, path, role: 'staff', body });
  }

  /** What the mail server replies is kept, be it taken or not. */
  private async mail(from: string, to: string, mail: SendMailOptions): Promise<void> {
    const transport = createTransport({ host: '127.0.0.1', port: this.oms.mailPort, ignoreTLS: true });
    const name = `Mail of ${at('mail-name')}`;
    try {
      const envelope = { from, to: [to] };
      const { response } = await transport.sendMail({ from: { name, address: from }, to, ...mail, envelope });
      this.evidence.add('SMTP reply', 'taken', response);
    } catch (error) {
      const { response = '', responseCode = 0 } = error as { response?: string; responseCode?: number };
      this.evidence.add('SMTP reply', `refused with ${responseCode}`, response);
    } finally {
      transport.close();
    }
  }

  private async until(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    for (this.happened[what] = false; !this.happened[what] && Date.now() < end; this.happened[what] = await check()) {
      await wait(100);
    }
  }
}

const mailPlaces: readonly Place[] = places.filter((place) => /^(written|mail)-|^nested$/.test(place));

function orderInput(customer: 'customer' | 'refused' | 'deferred' | 'database-error') {
  return {
    items: [{ id: '18', name: `Mug for ${at('item-name')}`, quantity: 1, price: 1290, refId: at('item-name') }],
    clientProfileData: {
      email: at(customer),
      firstName: at('first-name'),
      lastName: 'Canary',
      phone: '+12025550123',
      document: at('document'),
    },
    shippingData: {
      price: 500,
      address: {
        receiverName: at('first-name'),
        street: `c/o ${at('street')}`,
        number: '7',
        complement: at('complement'),
        city: 'Albany',
        postalCode: '12201',
      },
    },
    paymentData: { paymentSystemName: `Visa ${at('payment')}` },
    openTextField: { value: `call me or write to ${at('open-text')}` },
    sellers: [
      { id: '1', name: `Roasters ${at('seller-name')}`, email: at('seller') },
      // Whoever a mail names is somebody of the order: the address of a stranger is part of what was written.
      ...mailPlaces.map((place, n) => ({ id: String(n + 2), name: 'Somebody', email: at(place) })),
    ],
    callCenterOperatorData: { email: at('operator'), userName: at('operator') },
    marketplace: {
      name: at('marketplace'),
      baseURL: `https://bazaar.example/?for=${encodeURIComponent(at('marketplace'))}`,
    },
  };
}

function everywhere(): SendMailOptions {
  return {
    subject: `About ${at('mail-subject')}`,
    text: `Write to ${at('mail-text')} or ${at('customer')}`,
    html: `<p title="${at('mail-html')}">Write to <a href="mailto:${at('mail-html')}">me</a></p>`,
    messageId: `<${at('mail-message-id')}>`,
    headers: { 'Reply-To': at('mail-header'), 'X-Agent': at('mail-header'), References: `<${at('mail-message-id')}>` },
    attachments: [{ filename: `${at('mail-file-name')}.txt`, content: `Name: ${at('mail-file')}` }],
  };
}

/** Deeper than any reader follows. */
function nested(from: string, to: string): string {
  const depth = 3_000;
  const open = Array.from(
    { length: depth },
    (_, n) => `Content-Type: multipart/mixed; boundary="b${n}"\r\n\r\n--b${n}\r\n`,
  ).join('');
  const head = `From: <${from}>\r\nTo: <${to}>\r\nSubject: deep\r\nMIME-Version: 1.0\r\n`;
  return `${head}${open}Content-Type: text/plain\r\n\r\n${at('nested')}\r\n`;
}
