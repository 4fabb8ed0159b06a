import { Readable } from 'node:stream';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { withDotsDoubled } from './dot-stuffing.js';

/** After so many messages a connection ends and another one takes its place: some servers take no more. */
const MOST_MESSAGES = 100;
/** The server refused this message; the connection is as good as before. */
const ABOUT_THE_MESSAGE = ['EENVELOPE', 'EMESSAGE'];
/** The connection ended. */
const ABOUT_THE_CONNECTION = ['ECONNECTION', 'ESOCKET', 'ETIMEDOUT'];
/** The server closes the connection (RFC 5321 §3.8). */
const CLOSING = 421;

interface SmtpFailure extends Error {
  code?: string;
  responseCode?: number;
}

type ConnectionOptions = NonNullable<ConstructorParameters<typeof SMTPConnection>[0]> & {
  readonly maxConnections: number;
  readonly auth?: { readonly user: string; readonly pass: string };
};

export interface SmtpMessage {
  readonly envelope: { from: string; to: string[] };
  /** From its start each time that it is called; all its line ends are whole. */
  readonly content: () => Promise<Buffer | Readable>;
}

/** A connection that has signed in. */
interface OpenConnection {
  readonly smtp: SMTPConnection;
  /** How many messages it took. */
  messages: number;
  isOver: boolean;
}

/** Whoever waits for a connection: it is handed one, or the place to open one. */
interface Waiting {
  readonly go: (connection: OpenConnection | undefined) => void;
  readonly fail: (error: Error) => void;
}

/** A message's time. */
interface Time {
  isUp: boolean;
  /** Ends what is under way when it is. */
  end: () => void;
}

/**
 * Connections to the next server that stay open from one message to the next. nodemailer's own pool composes a mail of what is
 * one already, and takes several turns of the event loop to hand it on: a small message is sent in less than that.
 */
export class SmtpConnections {
  private readonly idle: OpenConnection[] = [];
  private readonly waiting: Waiting[] = [];
  /** Connections that are open or about to be. */
  private places = 0;
  private isClosed = false;

  constructor(private readonly options: ConnectionOptions) {}

  /**
   * @param withinMs waiting for a connection included.
   * @returns what the server said.
   */
  async send(message: SmtpMessage, withinMs: number): Promise<string> {
    const time: Time = { isUp: false, end: () => undefined };
    let timer: NodeJS.Timeout | undefined;
    const lateness = new Promise<never>((_, fail) => {
      timer = setTimeout(() => {
        time.isUp = true;
        fail(timeIsUp());
        time.end();
      }, withinMs);
    });
    try {
      return await Promise.race([this.sendOver(message, time), lateness]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets messages on their way arrive. */
  close(): void {
    this.isClosed = true;
    for (const { smtp } of this.idle.splice(0)) smtp.close();
    for (const { fail } of this.waiting.splice(0)) fail(new Error('the connections are closed'));
  }

  private async sendOver({ envelope, content }: SmtpMessage, time: Time): Promise<string> {
    for (;;) {
      const connection = await this.take(time);
      const { smtp, messages } = connection;
      time.end = () => smtp.close();
      let octets: Readable | undefined;
      try {
        const given = await content();
        octets = Buffer.isBuffer(given) ? streamOf(given) : given;
        if (time.isUp) throw timeIsUp();
        const said = await handOver(smtp, envelope, octets);
        connection.messages += 1;
        this.giveBack(connection);
        return said;
      } catch (error) {
        this.afterFailure(connection, error);
        // Closed by the server while it was idle: another one takes the message, of which nothing was sent.
        const isUnsent = messages > 0 && octets?.readableDidRead === false && isAboutTheConnection(error);
        if (!isUnsent || time.isUp) throw error;
      }
    }
  }

  private async take(time: Time): Promise<OpenConnection> {
    const idle = this.idle.pop();
    if (idle) return idle;
    if (this.places >= this.options.maxConnections) {
      const given = await this.wait(time);
      if (given) return given;
    } else this.places += 1;
    try {
      return await this.open(time);
    } catch (error) {
      this.freePlace();
      throw error;
    }
  }

  private wait(time: Time): Promise<OpenConnection | undefined> {
    return new Promise((go, fail) => {
      const one = { go, fail };
      this.waiting.push(one);
      time.end = () => {
        const at = this.waiting.indexOf(one);
        if (at !== -1) this.waiting.splice(at, 1);
      };
    });
  }

  private async open(time: Time): Promise<OpenConnection> {
    // With the first message, to leave it out of the host's start.
    const { default: Connection } = await import('nodemailer/lib/smtp-connection');
    const smtp = new Connection(this.options);
    time.end = () => smtp.close();
    try {
      await signIn(smtp, this.options.auth);
    } catch (error) {
      smtp.close();
      throw error;
    }
    const connection = { smtp, messages: 0, isOver: false };
    smtp.once('end', () => this.forget(connection));
    return connection;
  }

  private giveBack(connection: OpenConnection): void {
    if (connection.isOver) return;
    if (this.isClosed || connection.messages >= MOST_MESSAGES) {
      connection.smtp.close();
      return;
    }
    const next = this.waiting.shift();
    if (next) next.go(connection);
    else this.idle.push(connection);
  }

  private afterFailure(connection: OpenConnection, error: unknown): void {
    const { smtp, isOver } = connection;
    if (isOver) return;
    if (!isAboutTheMessage(error)) smtp.close();
    else smtp.reset((failed) => (failed ? smtp.close() : this.giveBack(connection)));
  }

  private forget(connection: OpenConnection): void {
    connection.isOver = true;
    const at = this.idle.indexOf(connection);
    if (at !== -1) this.idle.splice(at, 1);
    this.freePlace();
  }

  /** Whoever waits longest gets it. */
  private freePlace(): void {
    const next = this.waiting.shift();
    if (next) next.go(undefined);
    else this.places -= 1;
  }
}

function signIn(smtp: SMTPConnection, auth: ConnectionOptions['auth']): Promise<void> {
  return new Promise((resolve, reject) => {
    // Stays: whatever happens to a connection later is told to whoever sends over it.
    smtp.on('error', reject);
    smtp.once('end', () => reject(new Error('Connection closed')));
    smtp.connect((error) => {
      if (error) return reject(error);
      if (!auth || !smtp.allowsAuth) return resolve();
      smtp.login({ user: auth.user, credentials: auth }, (refused) => (refused ? reject(refused) : resolve()));
    });
  });
}

function handOver(smtp: SMTPConnection, envelope: SmtpMessage['envelope'], octets: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    // It writes into the envelope how it went.
    smtp.send({ ...envelope }, withDotsDoubled(octets), (error, info) =>
      error ? reject(error) : resolve(info?.response ?? ''),
    );
  });
}

/** In one piece, unlike what `Readable.from` makes of it. */
function streamOf(octets: Buffer): Readable {
  return new Readable({
    read() {
      this.push(octets);
      this.push(null);
    },
  });
}

function isAboutTheMessage(error: unknown): boolean {
  const { code = '', responseCode } = error as SmtpFailure;
  return ABOUT_THE_MESSAGE.includes(code) && responseCode !== CLOSING;
}

function isAboutTheConnection(error: unknown): boolean {
  const { code = '', responseCode } = error as SmtpFailure;
  return ABOUT_THE_CONNECTION.includes(code) || responseCode === CLOSING;
}

const timeIsUp = () => Object.assign(new Error('the message took too long'), { code: 'ETIMEDOUT' });
