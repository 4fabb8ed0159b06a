import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ConversationTracker, type ConversationTrackerOptions, type OrderRef } from 'nestjs-conversation-tracker';
import request from 'supertest';
import { type MessageView } from '../../libs/conversation-tracker/src/timeline/message-view.js';
import { type TimelineEntryView } from '../../libs/conversation-tracker/src/timeline/timeline-view.js';
import { type TestDatabase } from './database.js';
import { startHttp } from './http-adapter.js';
import { mailHost, newKeys } from './mail-host.js';
import { createMigratedDatabase } from './migrated-database.js';
import { type ReceivedMail, SmtpInbox } from './smtp-inbox.js';

export const CUSTOMER = 'ana.perez@customer.example';
export const DESK = 'desk@shop.example';

/** An installation with its mail server, a clock that a test moves on, and as many processes as it starts. */
export class MailWorld {
  readonly keys = newKeys();
  readonly orders = new Map<string, object>();
  readonly clock = { ahead: 0, now: () => Date.now() + this.clock.ahead };
  private readonly running: INestApplication[] = [];

  private constructor(
    readonly directory: string,
    private readonly rows: TestDatabase,
    readonly inbox: SmtpInbox,
  ) {}

  static async open(): Promise<MailWorld> {
    const directory = await mkdtemp(join(tmpdir(), 'ct-mail-'));
    return new MailWorld(directory, await createMigratedDatabase(directory), await SmtpInbox.start());
  }

  /** Orders of the store `default` under the id alone, of others as `store/order`. */
  place(orderId: string, more: object = {}, email = CUSTOMER): void {
    this.orders.set(orderId, { orderId, customer: { email, name: 'Ana Pérez' }, total: 12.5, ...more });
  }

  async start(options: Partial<ConversationTrackerOptions> = {}): Promise<MailProcess> {
    const { directory, keys, clock, inbox } = this;
    const findOrder = ({ storeId, orderId }: OrderRef) =>
      Promise.resolve(this.orders.get(storeId === 'default' ? orderId : `${storeId}/${orderId}`));
    const database = this.rows.address;
    const config = { database, directory, keys, clock, smtpPort: inbox.port, orders: { findOrder }, ...options };
    const testing = await Test.createTestingModule({ imports: [mailHost(config)] }).compile();
    const app = await startHttp(testing);
    this.running.push(app);
    return new MailProcess(app);
  }

  async close(): Promise<void> {
    for (const app of this.running) await app.close();
    await this.inbox.stop();
    await this.rows.drop();
    await rm(this.directory, { recursive: true });
  }
}

/** One process of the installation, as its own code and its users see it. */
export class MailProcess {
  readonly tracker: ConversationTracker;

  constructor(readonly app: INestApplication) {
    this.tracker = app.get(ConversationTracker);
  }

  async messages(orderId: string, store = 'default'): Promise<MessageView[]> {
    const path = `/conversation-tracker/orders/${orderId}/messages`;
    const { body } = await request(this.app.getHttpServer()).get(path).set('x-store', store).expect(200);
    return (body as { messages: MessageView[] }).messages;
  }

  async timeline(orderId: string): Promise<TimelineEntryView[]> {
    const path = `/conversation-tracker/orders/${orderId}/timeline`;
    const { body } = await request(this.app.getHttpServer()).get(path).set('x-store', 'default').expect(200);
    return (body as { entries: TimelineEntryView[] }).entries;
  }

  change(settings: object) {
    const path = '/conversation-tracker/settings';
    return request(this.app.getHttpServer()).patch(path).set('x-store', 'default').send(settings).expect(200);
  }

  resend(messageId: string, store = 'default') {
    const path = `/conversation-tracker/messages/${messageId}/resend`;
    return request(this.app.getHttpServer()).post(path).set('x-store', store);
  }
}

/** A header with its folds undone; empty where there is none. */
export function headerOf({ raw }: ReceivedMail, name: string): string {
  const [head] = raw.split('\r\n\r\n', 1);
  const line = head
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .find((field) => field.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim() ?? '';
}
