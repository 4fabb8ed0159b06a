import { type AddressInfo } from 'node:net';
import { type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

export interface ReceivedMail {
  from: string;
  to: string[];
  raw: string;
  messageId: string | undefined;
}

/** An SMTP server on loopback that keeps what it gets. */
export class SmtpInbox {
  readonly mails: ReceivedMail[] = [];
  /** What it says to a finished message: a reply such as `450 4.2.0 try later` refuses it. */
  answer: (mail: ReceivedMail) => string | undefined | Promise<string | undefined> = () => undefined;
  private server: SMTPServer | undefined;

  private constructor(public port: number) {}

  /** @param port 0 takes a free one. */
  static async start(port = 0): Promise<SmtpInbox> {
    const inbox = new SmtpInbox(port);
    await inbox.start();
    return inbox;
  }

  /** Listens again on the same port after `stop`. */
  async start(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      // A client that keeps its connections open does not hold up the end of a test.
      closeTimeout: 50,
      onData: (stream, session, callback) =>
        callbackify(() => this.receive(stream, session))((error) => callback(error)),
    });
    // A client that is killed in the middle of a mail is what some tests are about.
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.server.address() as AddressInfo).port;
    this.server = server;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private async receive(stream: Readable, { envelope }: SMTPServerSession): Promise<void> {
    const raw = (await buffer(stream)).toString('latin1');
    const mail = {
      from: envelope.mailFrom ? envelope.mailFrom.address : '',
      to: envelope.rcptTo.map(({ address }) => address),
      raw,
      messageId: /^Message-ID:\s*(\S+)/im.exec(raw)?.[1],
    };
    const refusal = await this.answer(mail);
    if (refusal) throw Object.assign(new Error(refusal.slice(4)), { responseCode: Number(refusal.slice(0, 3)) });
    this.mails.push(mail);
  }
}
