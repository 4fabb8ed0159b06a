import { setTimeout as wait } from 'node:timers/promises';
import { type INestApplication } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { AliasDirectory } from '../../libs/conversation-tracker/src/alias/alias-directory.js';
import { AliasService } from '../../libs/conversation-tracker/src/alias/alias.service.js';
import { InboundMail } from '../../libs/conversation-tracker/src/index.js';
import { TimelineService } from '../../libs/conversation-tracker/src/timeline/timeline.service.js';
import { type Sink } from '../soak/sink.js';
import { customerOf, orderIdOf, STORE } from './rotation-host.js';

/** Six mails a second or so: a busy store, not a benchmark of the relay. */
const SENDERS = 2;
const PAUSE_MS = 300;
const PATIENCE_MS = 60_000;

export interface FlowReport {
  accepted: number;
  lost: number;
  lookUps: number;
  failedLookUps: number;
  reads: number;
  failedReads: number;
}

/** People who write, and others who look up aliases and read messages, until they are told to stop. */
export class MailFlow {
  private readonly tokens: string[] = [];
  private readonly counts = { lookUps: 0, failedLookUps: 0, reads: 0, failedReads: 0 };
  private running = true;
  private readonly work: Promise<unknown>;

  /** @param orders those whose people nobody erases. */
  constructor(
    private readonly app: INestApplication,
    private readonly sink: Sink,
    private readonly orders: readonly number[],
  ) {
    const senders = Array.from({ length: SENDERS }, (_, nth) => this.send(nth));
    this.work = Promise.all([...senders, this.lookUp(), this.read()]);
  }

  /** Until all that was accepted has arrived, or a minute. */
  async stop(): Promise<FlowReport> {
    this.running = false;
    await this.work;
    const lost = () => this.tokens.filter((token) => !this.sink.taken.has(token)).length;
    for (const end = Date.now() + PATIENCE_MS; lost() > 0 && Date.now() < end;) await wait(200);
    return { accepted: this.tokens.length, lost: lost(), ...this.counts };
  }

  private async send(nth: number): Promise<void> {
    const aliases = this.app.get(AliasService, { strict: false });
    const port = this.app.get(InboundMail, { strict: false }).port!;
    const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true, pool: true, maxConnections: 1 });
    for (let count = 0; this.running; count++) {
      const n = this.orders[(nth + count * SENDERS) % this.orders.length];
      const people = await aliases.people({ storeId: STORE, orderId: orderIdOf(n) });
      const to = people.find(({ role }) => role === 'store')!.alias;
      const token = `token-${nth}x${count}`;
      await transport.sendMail({ from: customerOf(n), to, subject: 'While keys change', text: token });
      this.tokens.push(token);
      await wait(PAUSE_MS);
    }
    transport.close();
  }

  private async lookUp(): Promise<void> {
    const aliases = this.app.get(AliasService, { strict: false });
    const directory = this.app.get(AliasDirectory, { strict: false });
    for (let count = 0; this.running; count++) {
      const orderId = orderIdOf(this.orders[count % this.orders.length]);
      aliases.forget({ storeId: STORE, orderId });
      const known = (await aliases.aliasesOf(STORE, [orderId])).get(orderId)!;
      for (const alias of known.values()) {
        this.counts.lookUps += 1;
        const found = await directory.resolve(alias).catch(() => undefined);
        if (found?.orderId !== orderId) this.counts.failedLookUps += 1;
      }
      if (known.size < 2) this.counts.failedLookUps += 1;
      await wait(20);
    }
  }

  private async read(): Promise<void> {
    const timeline = this.app.get(TimelineService, { strict: false });
    for (let count = 0; this.running; count++) {
      const orderId = orderIdOf(this.orders[(count * 7) % this.orders.length]);
      const { messages } = await timeline.messages({ storeId: STORE, orderId }, { limit: 1 });
      this.counts.reads += 1;
      const { text } = await timeline.message(STORE, messages[0].id).catch(() => ({ text: undefined }));
      if (!text) this.counts.failedReads += 1;
      await wait(50);
    }
  }
}
