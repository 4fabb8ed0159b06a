import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { createApp } from '../../dist/create-app.js';
import { MailEntrance } from '../../dist/inbox/mail-entrance.js';
import { InboxService } from '../../dist/inbox/inbox.service.js';
import { LocalZone } from '../../dist/local-dns/local-zone.js';

const PATIENCE_MS = 15_000;
export const CUSTOMER = 'juan@customer.example';
export const CARRIER = 'ops@parcels.example';

/** The reference OMS with an order, mailboxes of everybody, and doors before its two ways in that can be shut. */
export class ReferenceOms {
  static async start(directory) {
    const secretFile = join(directory, 'webhook.secret');
    await writeFile(secretFile, `${randomBytes(32).toString('hex')}\n`, { mode: 0o644 });
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
        INBOUND_WEBHOOK_SECRET_FILE: secretFile,
      },
      false,
    );
    await app.listen(0, '127.0.0.1');
    const keys = JSON.parse(await readFile(join(directory, 'dev-keys.json'), 'utf8'));
    const oms = new ReferenceOms(app, secretFile, keys);
    oms.http = await Door.before(new URL(await app.getUrl()).port);
    oms.smtp = await Door.before(app.get(MailEntrance, { strict: false }).port);
    await oms.placeOrder();
    return oms;
  }

  constructor(app, secretFile, keys) {
    Object.assign(this, { app, secretFile });
    this.key = (role) => keys.find((key) => key.storeId === 'shop' && key.role === role).key;
  }

  get webhookUrl() {
    return `http://127.0.0.1:${this.http.port}/conversation-tracker/inbound/raw`;
  }

  /** Where mail to people is taken. */
  get inboxPort() {
    return Number(new URL(this.app.get(InboxService).smtpUrl).port);
  }

  /** Hands a mail to a mail server, signed by its author's domain. @returns the server's answer, or its refusal */
  async write(port, { from = CARRIER, to, subject }) {
    const dkim = await this.app.get(LocalZone).identityOf(from.split('@')[1]);
    const transport = createTransport({ host: '127.0.0.1', port, name: 'mx.parcels.example', ignoreTLS: true });
    try {
      const { response } = await transport.sendMail({ from, to, subject, text: `Hello.\n.\nFrom ${from}`, dkim });
      return response;
    } catch (error) {
      return error.response ?? error.message;
    } finally {
      transport.close();
    }
  }

  /** The mails of a person, newest first. */
  mailsOf(person) {
    return this.app
      .get(InboxService)
      .list()
      .filter(({ envelope }) => envelope.to.includes(person));
  }

  arrived(person, subject) {
    return until(() => this.mailsOf(person).find((mail) => mail.subject === subject), `no "${subject}" arrived`);
  }

  /** What the timeline says of a mail. */
  async recorded(subject) {
    const { messages } = await this.ask('staff', `/conversation-tracker/orders/${this.orderId}/messages`);
    return messages.find((message) => message.subject === subject);
  }

  async stop() {
    await Promise.all([this.http.close(), this.smtp.close()]);
    await this.app.close();
  }

  async placeOrder() {
    const order = await this.ask('integrator', '/api/oms/pvt/orders', {
      items: [{ id: '18', name: 'Coffee', quantity: 1, price: 1290 }],
      clientProfileData: { email: CUSTOMER, firstName: 'Juan', lastName: 'Valdez', phone: '+12025550123' },
      shippingData: {
        price: 500,
        address: { street: 'Main Street', number: '7', city: 'Albany', postalCode: '12201' },
      },
      paymentData: { paymentSystemName: 'Visa' },
    });
    this.orderId = order.orderId;
    this.alias = order.clientProfileData.email;
    this.storeAlias = order.followUpEmail;
  }

  async ask(role, path, body) {
    const response = await fetch(`${await this.app.getUrl()}${path}`, {
      headers: { 'X-Api-Key': this.key(role), 'Content-Type': 'application/json' },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}

/** A port that leads to another, until it is shut. */
class Door {
  static async before(target) {
    const door = new Door(Number(target));
    await door.open(0);
    return door;
  }

  constructor(target) {
    this.target = target;
    this.sockets = new Set();
  }

  async open(port = this.port) {
    this.server = createServer((socket) => {
      const onward = createConnection(this.target, '127.0.0.1');
      for (const one of [socket, onward]) {
        this.sockets.add(one);
        one.on('error', () => undefined).on('close', () => this.sockets.delete(one));
      }
      socket.pipe(onward).pipe(socket);
    });
    await new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.port = this.server.address().port;
  }

  async close() {
    if (!this.server.listening) return;
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** What comes true in time. */
export async function until(probe, complaint) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(100)) {
    const found = await probe();
    if (found) return found;
  }
  throw new Error(complaint);
}
