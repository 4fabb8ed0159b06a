import { PassThrough, Readable } from 'node:stream';
import { once } from 'node:events';
import { type SenderAuthentication, type SenderVerifier, TemporaryDnsFault } from '../../../ports/sender-verifier.js';
import { type MessageContext, type MessageScreen, type ScreenedMessage } from '../smtp/message-screen.js';
import { smtpReplies } from '../smtp/smtp-reply.js';
import { authorOf } from './from-mailbox.js';
import { type HeaderField, headerEnd, MAX_HEADER_BYTES, readHeaderBlock } from './header-block.js';
import { natureOf } from './message-nature.js';
import { type SenderVerdict } from './sender-verdict.js';

/** R13. */
const DEADLINE_MS = 10_000;
/** R14. */
const MAX_SIGNATURES = 10;
const nothing = Buffer.alloc(0);
const notVerified: SenderAuthentication = { dmarc: 'none', spf: 'none', dkimDomains: [] };

export interface SenderScreenParts {
  verifier: SenderVerifier;
  /** Whether the integration that signed in is declared for an address (R18). */
  mayWriteAs: (user: string, address: string) => boolean;
  /** For the answers of name servers, from the end of the message on. @default 10 seconds */
  deadlineMs?: number;
}

/** Applies the header rules and finds out who wrote, while the message streams (R13 to R18). */
export class SenderScreen implements MessageScreen<SenderVerdict> {
  constructor(private readonly parts: SenderScreenParts) {}

  begin(context: MessageContext): ScreenedMessage<SenderVerdict> {
    return new ScreenedSender(context, this.parts);
  }
}

class ScreenedSender implements ScreenedMessage<SenderVerdict> {
  /** What came of it so far, until it is whole. */
  private header: Buffer | undefined = nothing;
  private known: (Omit<SenderVerdict, keyof SenderAuthentication> & { fault?: never }) | { fault: string } | undefined;
  /** Takes the rest of the message to whoever verifies its signatures; missing where it has none. */
  private body: PassThrough | undefined;
  private authentication: Promise<SenderAuthentication> | undefined;

  constructor(
    private readonly context: MessageContext,
    private readonly parts: SenderScreenParts,
  ) {}

  async write(chunk: Buffer): Promise<void> {
    if (!this.header) return this.pass(chunk);
    this.header = this.header.length === 0 ? chunk : Buffer.concat([this.header, chunk]);
    const end = headerEnd(this.header);
    if (end !== -1 || this.header.length > MAX_HEADER_BYTES) await this.readHeader(end === -1 ? undefined : end);
  }

  async finish(): Promise<SenderVerdict> {
    if (this.header) await this.readHeader(this.header.length);
    this.body?.end();
    const { known } = this;
    if (!known || known.fault !== undefined) throw smtpReplies.badMessage(known?.fault ?? 'The message has no header');
    const { dmarc, spf, dkimDomains } = await this.answer();
    return { dmarc, spf, dkimDomains, ...known };
  }

  abort(): void {
    this.body?.destroy();
  }

  private async answer(): Promise<SenderAuthentication> {
    const { deadlineMs = DEADLINE_MS } = this.parts;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new TemporaryDnsFault()), deadlineMs);
    });
    try {
      return await Promise.race([this.authentication ?? notVerified, late]);
    } catch (error) {
      if (error instanceof TemporaryDnsFault) throw smtpReplies.notNow();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private async readHeader(end: number | undefined): Promise<void> {
    const bytes = this.header!;
    this.header = undefined;
    const block = readHeaderBlock(bytes.subarray(0, end));
    const author = 'fault' in block ? block : authorOf(block.fields);
    if ('fault' in block || 'fault' in author) {
      this.known = author as { fault: string };
      return;
    }
    const { client, sender } = this.context;
    const { address: from } = author;
    const integration = client.user !== undefined && this.parts.mayWriteAs(client.user, from) ? client.user : undefined;
    this.known = { from, nature: natureOf(block.fields), ...(integration === undefined ? {} : { integration }) };
    if (integration !== undefined) return;
    const claim = { ip: client.address, helo: client.helo, mailFrom: sender, from };
    const header = bytes.subarray(0, end);
    const isSigned = maySign(header);
    const seen = isSigned ? verifiable(header) : authorField(block.fields, header);
    if (isSigned) this.body = new PassThrough();
    this.authentication = this.parts.verifier.verify(this.body ?? oneChunk(seen), claim);
    // Told by finish(); a message that is broken off has nobody who asks.
    this.authentication.catch(() => undefined);
    await this.pass(seen);
    await this.pass(bytes.subarray(header.length));
  }

  private async pass(chunk: Buffer): Promise<void> {
    const { body } = this;
    if (!body || !this.authentication || body.destroyed || body.write(chunk)) return;
    // A verifier that has failed reads no more, and must not hold up the message.
    const failed = this.authentication.then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([once(body, 'drain'), failed]);
  }
}

/**
 * Of a message without a signature nothing is verified but its header. Whether it has one is told by the octets: a verifier
 * may find a field where we find none.
 */
function maySign(header: Buffer): boolean {
  return /dkim-signature/i.test(header.toString('latin1'));
}

/** What tells a verifier who wrote an unsigned message: the From field, where it cannot see any field that we do not see. */
function authorField(fields: readonly HeaderField[], header: Buffer): Buffer {
  const octets = fields.reduce((sum, { text }) => sum + text.length + 2, 2);
  const isRead = octets === header.length && !/(?<!\r)\n/.test(header.toString('latin1'));
  if (!isRead) return verifiable(header);
  return Buffer.from(`${fields.find(({ name }) => name === 'from')!.text}\r\n\r\n`, 'latin1');
}

/**
 * A header in which no verifier finds ARC, nor more than ten signatures, each of which costs a question to the DNS (R14): also
 * not behind a line that is no field. They get another name, since what follows a field that is missing may join the one before.
 */
function verifiable(header: Buffer): Buffer {
  let signatures = 0;
  const renamed = header
    .toString('latin1')
    .replace(/(?<=^|\n)(?:arc-|dkim-signature(?=\s*:))/gi, (name) =>
      name.endsWith('-') || ++signatures > MAX_SIGNATURES ? `x-${name}` : name,
    );
  return renamed.length > header.length ? Buffer.from(renamed, 'latin1') : header;
}

function oneChunk(octets: Buffer): Readable {
  const stream = new Readable({ read: () => undefined });
  stream.push(octets);
  stream.push(null);
  return stream;
}
