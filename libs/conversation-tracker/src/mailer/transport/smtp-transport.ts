import { type MailTransport, MailTransportError, type OutgoingMail } from '../../ports/mail-transport.js';
import { checkedOctets, checkOutgoingMail } from './outgoing-mail-check.js';
import { SmtpConnections } from './smtp-connections.js';
import { needsSmtpUtf8, refusalOf } from './smtp-refusal.js';
import { type SmtpServer } from './smtp-url.js';

/** All in milliseconds. */
export interface SmtpTimeouts {
  /** Name look-up, all addresses of the host and TLS. */
  readonly connection: number;
  /** Until the server greets. */
  readonly greeting: number;
  /** Silence in the middle of a session. */
  readonly socket: number;
  /** One message, from the moment it is handed over, waiting for a connection included. */
  readonly message: number;
}

const MINUTE_MS = 60_000;

const defaultTimeouts: SmtpTimeouts = {
  connection: MINUTE_MS,
  // Servers that make spammers wait do so for half a minute; RFC 5321 §4.5.3.2.1 allows five.
  greeting: 2 * MINUTE_MS,
  // RFC 5321 §4.5.3.2.6: whoever gives up earlier on the answer to the final dot sends twice.
  socket: 10 * MINUTE_MS,
  // No timer above notices a server that says a little now and then.
  message: 30 * MINUTE_MS,
};

/** Somebody waits for the answer. */
const verifyTimeouts = { connection: 10_000, greeting: 10_000, socket: 10_000 };

/** Hands messages to the next mail server, over a few connections that stay open. */
export class SmtpTransport implements MailTransport {
  readonly streams = true;
  private readonly options;
  private readonly connections: SmtpConnections;
  private closed = false;

  /** Opens no connection before the first message. */
  constructor(
    server: SmtpServer,
    private readonly timeouts: SmtpTimeouts = defaultTimeouts,
  ) {
    this.options = {
      ...server,
      connectionTimeout: timeouts.connection,
      greetingTimeout: timeouts.greeting,
      socketTimeout: timeouts.socket,
      disableFileAccess: true,
      disableUrlAccess: true,
    };
    this.connections = new SmtpConnections(this.options);
  }

  async send(mail: OutgoingMail): Promise<{ response: string }> {
    const { from, recipient, needsSmtpUtf8: utf8 } = checkOutgoingMail(mail);
    if (this.closed) throw new MailTransportError('the transport is closed', false);
    try {
      if (utf8 && !(await this.takesUtf8())) throw needsSmtpUtf8();
      const { raw, stream } = mail;
      const content = stream ? async () => checkedOctets(await stream()) : () => Promise.resolve(raw);
      return {
        response: await this.connections.send({ envelope: { from, to: [recipient] }, content }, this.timeouts.message),
      };
    } catch (error) {
      throw error instanceof MailTransportError ? error : refusalOf(error, recipient);
    }
  }

  /** Connects, says EHLO and signs in where a user is set, over a connection of its own. */
  async verify(): Promise<void> {
    const { connection, greeting, socket } = verifyTimeouts;
    const times = { connectionTimeout: connection, greetingTimeout: greeting, socketTimeout: socket };
    const { createTransport } = await import('nodemailer');
    const probe = createTransport({ ...this.options, ...times });
    try {
      await probe.verify();
    } catch (error) {
      throw refusalOf(error, '');
    } finally {
      probe.close();
    }
  }

  /** Lets messages on their way arrive; a message handed over from now on fails as temporary. */
  async close(): Promise<void> {
    this.closed = true;
    this.connections.close();
  }

  /** Asked of a connection of its own, since the pool tells only afterwards. Such recipients are rare. */
  private async takesUtf8(): Promise<boolean> {
    const { default: SMTPConnection } = await import('nodemailer/lib/smtp-connection');
    const connection = new SMTPConnection(this.options);
    return new Promise((resolve, reject) => {
      connection.on('error', reject);
      connection.once('end', () => reject(new Error('Connection closed')));
      connection.connect((error) => {
        if (error) return reject(error);
        resolve(/^250[ -]SMTPUTF8\s*$/im.test(connection.lastServerResponse || ''));
        connection.quit();
      });
    });
  }
}
