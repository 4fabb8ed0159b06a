import { type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { callbackify } from 'node:util';
import { Logger } from '@nestjs/common';
import type { SMTPServer, SMTPServerAddress, SMTPServerAuthentication, SMTPServerSession } from 'smtp-server';
import { type Clock } from '../../../kernel/clock.js';
import { type IntegrationAccounts } from './integration-accounts.js';
import { type InboundClient, type InboundRecipient } from './mail-receipt.js';
import { type MessageIntake } from './message-intake.js';
import { networkOf, RateWindow } from './rate-window.js';
import { type RecipientDesk } from './recipient-desk.js';
import { type SmtpLimits } from './smtp-limits.js';
import { asSmtpReply, smtpReplies, SmtpReply } from './smtp-reply.js';
import { loadSmtpServer, peerOf } from './smtp-server-internals.js';

const MINUTE_MS = 60_000;
/** For what is in flight when the process ends. */
const GRACE_MS = 20_000;

export interface SmtpReceiverOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** What the greeting calls us: the tracker domain's MX. */
  name: string;
  /** PEM. Without it neither STARTTLS nor AUTH is offered. */
  tls?: { key: string; cert: string };
  limits: SmtpLimits;
}

export interface SmtpReceiverParts<Verdict> {
  desk: RecipientDesk;
  accounts: IntegrationAccounts;
  intake: MessageIntake<Verdict>;
  clock: Clock;
}

type Handled = (error?: Error | null, result?: string) => void;

/** The SMTP server that aliases point to. */
export class SmtpReceiver<Verdict> {
  private readonly logger = new Logger('ConversationTracker');
  private readonly connections: RateWindow;
  private readonly misses: RateWindow;
  private readonly passwords: RateWindow;
  /** What RCPT found out, by session. */
  private readonly resolved = new WeakMap<SMTPServerAddress, InboundRecipient>();
  /** Each resolves when its client was answered. */
  private readonly inFlight = new Set<Promise<void>>();
  private server: SMTPServer | undefined;

  constructor(
    private readonly options: SmtpReceiverOptions,
    private readonly parts: SmtpReceiverParts<Verdict>,
  ) {
    const { limits } = options;
    const { clock } = parts;
    this.connections = new RateWindow(limits.connectionsPerMinute, MINUTE_MS, clock);
    this.misses = new RateWindow(limits.misses, 10 * MINUTE_MS, clock);
    this.passwords = new RateWindow(limits.wrongPasswords, 10 * MINUTE_MS, clock);
  }

  /** @returns the port that it listens on. @throws where the library is missing or the port is taken. */
  async start(): Promise<number> {
    const { host, port, name, tls, limits } = this.options;
    const StrictServer = await loadSmtpServer();
    const disabledCommands = ['VRFY', 'EXPN', 'HELP', 'XCLIENT', 'XFORWARD', 'WIZ', 'SHELL', 'KILL'];
    if (!tls) disabledCommands.push('STARTTLS');
    if (!tls || this.parts.accounts.isEmpty) disabledCommands.push('AUTH');
    const server = new StrictServer({
      ...tls,
      name,
      banner: 'ready',
      authOptional: true,
      authMethods: ['PLAIN', 'LOGIN'],
      disabledCommands,
      disableReverseLookup: true,
      hideENHANCEDSTATUSCODES: false,
      // RFC 5321 §4.5.3.1.4 with room for an AUTH line (RFC 4954 §4).
      maxCommandLength: 12_288,
      size: limits.messageBytes,
      maxRecipients: limits.recipients,
      maxClients: limits.connections,
      socketTimeout: limits.idleMs,
      closeTimeout: GRACE_MS,
      logger: false,
      onConnect: (session, done) => this.answerAtOnce(done, () => this.connect(session)),
      onAuth: (auth, session, done) => callbackify(() => this.signIn(auth, session))(done),
      onMailFrom: (_address, session, done) => this.answerAtOnce(done, () => this.beginMail(session)),
      onRcptTo: (address, session, done) => this.answer(done, this.addRecipient(address, session)),
      onData: (stream, session, done) => this.answer(done, this.receive(stream, session), session),
    });
    // Sockets that break, handshakes that fail: the peer's affair, and the text may quote what it sent.
    server.on('error', (error: Error) => this.logger.debug(`an SMTP connection failed (${error.name})`));
    await new Promise<void>((resolve, reject) => {
      server.server.once('error', reject);
      server.listen(port, host, () => resolve());
    });
    this.server = server;
    return (server.server.address() as AddressInfo).port;
  }

  /** Shows a new certificate to whoever connects from now on. */
  renew(tls: { key: string; cert: string }): void {
    this.server?.updateSecureContext(tls);
  }

  /** Takes no new connection, and lets the messages that are being taken come to their end. */
  async stop(graceMs = GRACE_MS): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const settled = Promise.allSettled(this.inFlight);
    await Promise.race([settled, wait(graceMs, undefined, { ref: false })]);
    for (const connection of server.connections) connection.send(421, '4.3.2 Server shutting down');
    await closed;
  }

  private answerAtOnce(done: Handled, decide: () => void): void {
    let reply: SmtpReply | null = null;
    try {
      decide();
    } catch (error) {
      reply = this.replyTo(error);
    }
    done(reply);
  }

  /** A reply that cuts goes out by the connection itself; the library is told all the same, so that it forgets the command. */
  private answer(done: Handled, work: Promise<string | void>, session?: SMTPServerSession): void {
    const handled = work.catch((error: unknown) => {
      const reply = this.replyTo(error);
      if (reply.cuts && session) peerOf(session).cut(reply);
      throw reply;
    });
    const told: Promise<void> = this.tell(done, handled).finally(() => this.inFlight.delete(told));
    this.inFlight.add(told);
  }

  private replyTo(error: unknown): SmtpReply {
    if (!hasLeft(error) && !(error instanceof SmtpReply)) {
      this.logger.error(`a mail was not taken (${nameOf(error)})`);
    }
    return asSmtpReply(error);
  }

  private async tell(done: Handled, handled: Promise<string | void>): Promise<void> {
    let text: string | void;
    try {
      text = await handled;
    } catch (error) {
      done(error as Error);
      return;
    }
    done(null, text ?? undefined);
  }

  private connect({ remoteAddress }: SMTPServerSession): void {
    if (!this.connections.take(networkOf(remoteAddress))) throw smtpReplies.tooManyConnections();
  }

  private async signIn({ username = '', password }: SMTPServerAuthentication, session: SMTPServerSession) {
    const network = networkOf(session.remoteAddress);
    if (this.passwords.isSpent(network)) throw smtpReplies.tooManyAttempts();
    if (await this.parts.accounts.verify(username, password ?? '')) return { user: username };
    this.passwords.take(network);
    throw smtpReplies.badCredentials();
  }

  private beginMail(session: SMTPServerSession): void {
    this.parts.desk.beginMessage(session.remoteAddress);
  }

  private async addRecipient(address: SMTPServerAddress, session: SMTPServerSession): Promise<void> {
    const network = networkOf(session.remoteAddress);
    try {
      this.resolved.set(address, await this.parts.desk.decide(address.address));
    } catch (error) {
      if (error instanceof SmtpReply && error.enhancedCode === '5.1.1') await this.slow(network);
      throw error;
    }
  }

  /** Guessing aliases costs more and more time, and then the connection (R3). */
  private async slow(network: string): Promise<void> {
    const { freeMisses, missDelayMs, misses } = this.options.limits;
    const count = this.misses.count(network, 1);
    if (count > misses) throw smtpReplies.tooManyMisses();
    if (count > freeMisses) await wait((count - freeMisses) * missDelayMs, undefined, { ref: false });
  }

  private async receive(stream: NodeJS.ReadableStream, session: SMTPServerSession): Promise<string> {
    const { remoteAddress, hostNameAppearsAs, secure, user, envelope } = session;
    const { mailFrom, rcptTo, smtpUtf8 = false } = envelope;
    const recipients = rcptTo.flatMap((address) => this.resolved.get(address) ?? []);
    const sender = mailFrom ? mailFrom.address : '';
    const client: InboundClient = {
      address: remoteAddress,
      helo: hostNameAppearsAs,
      tls: secure,
      ...(typeof user === 'string' ? { user } : {}),
    };
    const context = { client, sender, recipients };
    // Mail servers write reports from nobody, and nobody is asked who wrote what is relayed to no one (R26).
    const holdFaults = recipients.every(({ kind }) => kind === 'bounce');
    const id = await this.parts.intake.take(stream as never, context, { smtpUtf8, holdFaults }, peerOf(session));
    return `2.6.0 Taken as ${id}`;
  }
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : 'unknown error');

/** The peer went away, or was cut, in the middle of a message: nothing for the operator to mend. */
function hasLeft(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    /^(ECONNECTION|ERR_STREAM_PREMATURE_CLOSE|ABORT_ERR)$/.test(String(error.code))
  );
}
