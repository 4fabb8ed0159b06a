import { pipeline, type Readable, Transform, type TransformCallback } from 'node:stream';
import { isAscii, parseEmailAddress } from '../../kernel/email-address.js';
import { MailTransportError, type OutgoingMail } from '../../ports/mail-transport.js';
import { LineEnds } from '../inbound/smtp/line-ends.js';

/** An envelope as it goes out: one recipient, so that one refusal touches nobody else (MAIL-RULES R10, R31). */
export interface CheckedEnvelope {
  /** Empty for a report. */
  readonly from: string;
  readonly recipient: string;
  /** The recipient's local part is not ASCII: the next server must know SMTPUTF8 (RFC 6531). */
  readonly needsSmtpUtf8: boolean;
}

/**
 * What is handed over is checked again at the very door (MAIL-RULES R40): whatever is wrong with it can never be sent.
 *
 * @throws MailTransportError permanent, without an address
 */
export function checkOutgoingMail({ envelope, raw, stream }: OutgoingMail): CheckedEnvelope {
  const [recipient, ...others] = envelope.to;
  if (recipient === undefined || others.length > 0) throw refused('an envelope has exactly one recipient', '5.5.3');
  const from = senderOf(envelope.from);
  if (from === undefined) throw refused('the envelope sender is no ASCII address', '5.1.7');
  const to = parseEmailAddress(recipient);
  if (!to) throw refused('the recipient is no address', '5.1.3');
  if (raw.length === 0 && !stream) throw refused('the message is empty', '5.6.0');
  if (hasStrayOctet(raw)) throw strayOctet();
  return { from, recipient: to.address, needsSmtpUtf8: !isAscii(to.localPart) };
}

/**
 * The same for a message that comes as a stream: the octets as they are, up to the first that may not be sent. There the stream
 * fails, with a MailTransportError that is permanent; whoever sends it breaks off before the end of data.
 */
export function checkedOctets(octets: Readable): Readable {
  return pipeline(octets, new LineCheck(), () => undefined);
}

class LineCheck extends Transform {
  private readonly ends = new LineEnds();

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    if (this.ends.accept(chunk)) done(null, chunk);
    else done(strayOctet());
  }

  override _flush(done: TransformCallback): void {
    done(this.ends.isHalf ? strayOctet() : null);
  }
}

/** The null sender of reports (RFC 5321 §4.5.5); VERP makes every other one ASCII (R25). */
function senderOf(text: string): string | undefined {
  if (text === '') return text;
  const address = parseEmailAddress(text)?.address;
  return address !== undefined && isAscii(address) ? address : undefined;
}

const CR = 0x0d;
const LF = 0x0a;

/** What one server takes for an end of line and another does not is how a message is smuggled into a message (R2). */
function hasStrayOctet(raw: Buffer): boolean {
  if (raw.includes(0)) return true;
  for (let at = raw.indexOf(LF); at !== -1; at = raw.indexOf(LF, at + 1)) if (raw[at - 1] !== CR) return true;
  for (let at = raw.indexOf(CR); at !== -1; at = raw.indexOf(CR, at + 1)) if (raw[at + 1] !== LF) return true;
  return false;
}

const strayOctet = () => refused('the message holds a NUL, or a CR or LF that ends no line', '5.6.0');

function refused(message: string, enhancedCode: string): MailTransportError {
  return new MailTransportError(message, true, undefined, enhancedCode);
}
