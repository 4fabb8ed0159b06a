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
    return { ...known, dmarc, spf, dkimDomains };
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
    const isSigned = maySign(bytes.subarray(0, end));
    const seen = verifiable(block.fields, isSigned ? bytes : bytes.subarray(0, end), end ?? bytes.length);
    if (isSigned) this.body = new PassThrough();
    this.authentication = this.parts.verifier.verify(this.body ?? oneChunk(seen), claim);
    // Told by finish(); a message that is broken off has nobody who asks.
    this.authentication.catch(() => undefined);
    await this.pass(seen);
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
  return header.toString('latin1').toLowerCase().includes('dkim-signature');
}

function oneChunk(octets: Buffer): Readable {
  const stream = new Readable({ read: () => undefined });
  stream.push(octets);
  stream.push(null);
  return stream;
}

/** The message without the signatures beyond the tenth and without ARC, each of which costs a question to the DNS (R14). */
function verifiable(fields: readonly HeaderField[], bytes: Buffer, end: number): Buffer {
  let signatures = 0;
  const kept = fields.filter(({ name }) => {
    if (name === 'dkim-signature') signatures += 1;
    return !name.startsWith('arc-') && (name !== 'dkim-signature' || signatures <= MAX_SIGNATURES);
  });
  if (kept.length === fields.length) return bytes;
  const header = `${kept.map(({ text }) => text).join('\r\n')}\r\n\r\n`;
  return Buffer.concat([Buffer.from(header, 'latin1'), bytes.subarray(end)]);
}
