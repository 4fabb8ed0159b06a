import { generateKeyPairSync } from 'node:crypto';
import { type INestApplication } from '@nestjs/common';
import { InboundMail, type ConversationTrackerOptions } from 'nestjs-conversation-tracker';
import { createTransport, type SendMailOptions } from 'nodemailer';
import request from 'supertest';
import { expect, vi } from 'vitest';
import { type MessageView } from '../../libs/conversation-tracker/src/timeline/message-view.js';
import { LocalZone } from './local-zone.js';
import { CUSTOMER, DESK, type MailProcess, MailWorld } from './mail-world.js';
import { type ReceivedMail } from './smtp-inbox.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const record = `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** What is on its way takes its time. */
export const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 15_000, interval: 50 });

export const CARRIER = 'dispatch@carrier.example';
export const OPERATOR = 'ops@operator.example';
const DOMAINS = ['customer.example', 'shop.example', 'carrier.example', 'elsewhere.example'];

/** The domains whose mail can be proven; that of any other cannot. */
export const zone = () =>
  new LocalZone(
    Object.fromEntries(
      DOMAINS.flatMap((domain) => [
        [`s1._domainkey.${domain}`, record],
        [`_dmarc.${domain}`, 'v=DMARC1; p=reject'],
      ]),
    ),
  );

export const signedAs = (domain: string) => ({ domainName: domain, keySelector: 's1', privateKey: pem });

/** An installation that takes mail, with people who write to it. */
export class RelayWorld {
  private constructor(readonly mail: MailWorld) {}

  static async open(): Promise<RelayWorld> {
    return new RelayWorld(await MailWorld.open());
  }

  /** With an order `o-1` and a store that has an address. */
  async start(options: Partial<ConversationTrackerOptions> = {}): Promise<RelayProcess> {
    this.mail.place('o-1');
    const { inbound, ...rest } = options;
    const taken = { operatorAddress: OPERATOR, port: 0, dns: zone(), ...inbound };
    const storeDefaults = () => ({ senderName: 'Café', senderAddress: DESK });
    const host = await this.mail.start({ storeDefaults, ...rest, inbound: taken });
    return new RelayProcess(this, host);
  }

  /** The last of so many mails as reach a real mailbox in a while. */
  arrived(address: string, count: number): Promise<ReceivedMail> {
    return eventually(() => {
      expect(this.at(address)).toHaveLength(count);
      return this.at(address).at(-1)!;
    });
  }

  /** What reached a real mailbox, oldest first. */
  at(address: string): ReceivedMail[] {
    return this.mail.inbox.mails.filter(({ to }) => to.includes(address));
  }

  close(): Promise<void> {
    return this.mail.close();
  }
}

export class RelayProcess {
  readonly app: INestApplication;

  constructor(
    private readonly world: RelayWorld,
    readonly host: MailProcess,
  ) {
    this.app = host.app;
  }

  get port(): number {
    return this.app.get(InboundMail).port!;
  }

  /** The aliases of an order by the person's role. */
  async aliases(orderId = 'o-1'): Promise<Record<string, string>> {
    const path = `/conversation-tracker/orders/${orderId}/aliases`;
    const { body } = await request(this.app.getHttpServer()).get(path).set('x-store', 'default').expect(200);
    const { aliases } = body as { aliases: { alias: string; roles: string[]; state: string }[] };
    return Object.fromEntries(
      aliases.filter(({ state }) => state === 'live').map(({ alias, roles: [role] }) => [role, alias]),
    );
  }

  /** Tells the customer of a step, so that customer and store have aliases. */
  async begin(orderId = 'o-1'): Promise<{ customer: string; store: string }> {
    await this.host.tracker.publish({ step: 'payment-approved', orderId });
    for (;;) {
      const { customer, store } = await this.aliases(orderId);
      if (customer && store && this.world.at(CUSTOMER).length > 0) return { customer, store };
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Writes by SMTP, DKIM-signed for the domain of From unless told otherwise. @returns the server's answer. */
  async write(mail: SendMailOptions & { from: string; signed?: boolean; auth?: { user: string; pass: string } }) {
    const { signed = true, auth, ...options } = mail;
    const domain = /@([\w.-]+)>?$/.exec(mail.from)![1];
    const transport = createTransport({
      host: '127.0.0.1',
      port: this.port,
      ...(signed ? { dkim: signedAs(domain) } : {}),
      ...(auth ? { auth, tls: { rejectUnauthorized: false } } : { ignoreTLS: true }),
    });
    const { response } = await transport.sendMail({ subject: 'About my order', ...options });
    return response;
  }

  /** The newest message of `o-1`, once it is as expected. */
  newest(expected: Partial<MessageView>): Promise<MessageView> {
    return eventually(async () => {
      const message = (await this.host.messages('o-1')).at(-1)!;
      expect(message).toMatchObject(expected);
      return message;
    });
  }

  post(path: string, body: object = {}) {
    return request(this.app.getHttpServer()).post(`/conversation-tracker/${path}`).set('x-store', 'default').send(body);
  }

  put(path: string, body: object) {
    return request(this.app.getHttpServer()).put(`/conversation-tracker/${path}`).set('x-store', 'default').send(body);
  }

  get(path: string) {
    return request(this.app.getHttpServer()).get(`/conversation-tracker/${path}`).set('x-store', 'default');
  }
}
