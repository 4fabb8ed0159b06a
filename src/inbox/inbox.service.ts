import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { OmsConfig } from '../config/oms-config.js';
import type { LocalZone } from '../local-dns/local-zone.js';
import { type InboxMail, readMail } from './inbox-mail.js';

/** Enough for a long look back, little enough to live in memory. */
const MOST_MAILS = 200;
/** What the tracker takes it may relay: 25 MiB by default, and a little more with the aliases in it. */
const MOST_BYTES = 30 * 1024 * 1024;
/** Of all mails together, as they came. */
const MOST_BYTES_KEPT = 60 * 1024 * 1024;
const LOOPBACK = '127.0.0.1';

/**
 * The mail server that a development machine lacks: takes every mail on loopback, keeps the last ones in memory and delivers none.
 * Closed when a real server is configured.
 */
@Injectable()
export class InboxService implements OnApplicationShutdown {
  private readonly mails: { mail: InboxMail; raw: Buffer }[] = [];
  private received = 0;
  private bytesKept = 0;

  /** Resolves once the inbox takes mail, so that whoever is given it knows its port. */
  static async open(config: OmsConfig, zone: LocalZone): Promise<InboxService> {
    if (config.smtpUrl !== undefined) return new InboxService(config.smtpUrl, zone);
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      size: MOST_BYTES,
      closeTimeout: 1000,
      onData: (stream, session, done) => callbackify(() => inbox.take(stream, session))((error) => done(error)),
    });
    await listen(server, config.inboxSmtpPort);
    const { port } = server.server.address() as AddressInfo;
    const inbox = new InboxService(`smtp://${LOOPBACK}:${port}`, zone, server);
    return inbox;
  }

  private constructor(
    /** Where this installation sends its mail: the configured server, or else this inbox. */
    readonly smtpUrl: string,
    private readonly zone: LocalZone,
    private readonly server?: SMTPServer,
  ) {}

  get isOpen(): boolean {
    return this.server !== undefined;
  }

  /** Newest first. */
  list(): readonly InboxMail[] {
    return this.mails.map(({ mail }) => mail).toReversed();
  }

  find(id: string): InboxMail | undefined {
    return this.mails.find(({ mail }) => mail.id === id)?.mail;
  }

  /** The bytes of a mail as they came. */
  findRaw(id: string): Buffer | undefined {
    return this.mails.find(({ mail }) => mail.id === id)?.raw;
  }

  async onApplicationShutdown(): Promise<void> {
    await new Promise<void>((closed) => (this.server ? this.server.close(closed) : closed()));
  }

  private async take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const raw = await buffer(stream);
    // RFC 1870 §6.1: 552 when the message is larger than the size that EHLO announced.
    if (stream.sizeExceeded) throw Object.assign(new Error('Message too large'), { responseCode: 552 });
    const { mailFrom, rcptTo } = session.envelope;
    this.received += 1;
    const mail = await readMail(raw, {
      id: String(this.received),
      receivedAt: new Date().toISOString(),
      envelope: { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) },
    });
    // Whoever has a mailbox here can write from it.
    for (const { address } of rcptTo) this.zone.add(address.slice(address.lastIndexOf('@') + 1));
    this.mails.push({ mail, raw });
    this.bytesKept += raw.length;
    while (this.mails.length > MOST_MAILS || this.bytesKept > MOST_BYTES_KEPT) {
      this.bytesKept -= this.mails.shift()?.raw.length ?? 0;
    }
  }
}

function listen(server: SMTPServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    // Stays for good: a connection that breaks off is the client's affair, and without a listener it would end the process.
    server.on('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? 'unknown';
      reject(
        new Error(
          `The inbox cannot listen on port ${port} (${code}). Set INBOX_SMTP_PORT to a free port, or SMTP_URL to your own mail server.`,
        ),
      );
    });
    server.listen(port, LOOPBACK, resolve);
  });
}
