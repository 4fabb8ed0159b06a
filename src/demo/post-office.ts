import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

export interface DeliveredMail {
  /** From the envelope. */
  recipient: string;
  raw: string;
}

/** The mail server of everybody's mailboxes. */
export class PostOffice {
  readonly mails: DeliveredMail[] = [];
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, callback) => callbackify(() => this.take(stream, session))((error) => callback(error)),
  });

  /** @returns the URL to send mail to. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(resolve));
  }

  private async take(stream: Readable, { envelope }: SMTPServerSession): Promise<void> {
    const raw = (await buffer(stream)).toString('latin1');
    for (const { address } of envelope.rcptTo) this.mails.push({ recipient: address, raw });
  }
}
