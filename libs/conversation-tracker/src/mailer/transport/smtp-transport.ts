import { type MailTransport, MailTransportError, type OutgoingMail } from '../../ports/mail-transport.js';
import { checkOutgoingMail, checkOutgoingStream } from './outgoing-mail-check.js';
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
  private pool?: ReturnType<typeof openPool>;
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
  }

  async send(mail: OutgoingMail): Promise<{ response: string }> {
    const { from, recipient, needsSmtpUtf8: utf8 } = checkOutgoingMail(mail);
    if (this.closed) throw new MailTransportError('the transport is closed', false);
    try {
      this.pool ??= openPool(this.options);
      const pool = await this.pool;
      if (utf8 && !(await this.takesUtf8())) throw needsSmtpUtf8();
      if (mail.stream) await checkOutgoingStream(await mail.stream());
      const envelope = { from, to: [recipient] };
      const signal = AbortSignal.timeout(this.timeouts.message);
      const handOver = async () => {
        const { response } = await pool.sendMail({ envelope, raw: (await mail.stream?.()) ?? mail.raw, signal });
        return { response };
      };
      return await handOver().catch((error: unknown) => {
        // Where the server closed a connection that was idle, the pool tries another one, and finds the stream used up.
        if (!mail.stream || !isUsedUp(error)) throw error;
        return handOver();
      });
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
    (await this.pool)?.close();
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

/** Loads the library for the first message, to leave it out of the host's start. */
async function openPool(options: object) {
  const { createTransport } = await import('nodemailer');
  // Once, for a connection that the server closed while it was idle: the next attempt of the queue is a minute away.
  return createTransport({ ...options, pool: true, maxRequeues: 1 });
}

const isUsedUp = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ESTREAM';
