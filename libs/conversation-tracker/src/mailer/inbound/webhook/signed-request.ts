import { type IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { type FieldError, TrackerError } from '../../../kernel/errors.js';
import { type PickupEnvelope } from '../pickup.js';
import { type SignedEnvelope } from './envelope-signature.js';

export type RequestHeaders = Readonly<IncomingHttpHeaders>;

/** RFC 9530 §2. */
const DIGEST = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/;
/** What RFC 5321 allows of a path, and no more; the octets of RFC 6531 too. */
const SENDER = /^(?:[^\s<>@]|"[^"]*")+@[^\s<>@]+$/;
const MAX_PATH = 254;

/** What a request says in its headers. A field that it lacks is empty, and then the signature tells. */
export function readSigned(headers: RequestHeaders): SignedEnvelope {
  return {
    timestamp: one(headers, 'x-timestamp'),
    clientAddress: one(headers, 'x-client-address'),
    clientHelo: one(headers, 'x-client-helo'),
    sender: one(headers, 'x-envelope-from'),
    recipients: one(headers, 'x-envelope-to')
      .split(',')
      .map((text) => text.trim())
      .filter((text) => text !== ''),
    contentDigest: DIGEST.exec(one(headers, 'content-digest'))?.[1] ?? '',
  };
}

/** @throws TrackerError `invalid-input` naming the header that is wrong. */
export function pickupEnvelope(signed: SignedEnvelope, headers: RequestHeaders): PickupEnvelope {
  const { clientAddress, clientHelo } = signed;
  const sender = decoded(signed.sender).replace(/^<(.*)>$/, '$1');
  const recipients = signed.recipients.map((text) => decoded(text).replace(/^<(.*)>$/, '$1'));
  const errors: FieldError[] = [];
  const wrong = (field: string, message: string) => void errors.push({ field, message });
  if (!/^message\/rfc822\s*(;|$)/i.test(one(headers, 'content-type'))) wrong('Content-Type', 'must be message/rfc822');
  if (!/^(identity)?$/i.test(one(headers, 'content-encoding'))) wrong('Content-Encoding', 'must not be there');
  if (clientAddress !== '' && isIP(clientAddress) === 0) wrong('X-Client-Address', 'must be an IP address or empty');
  if (recipients.length === 0)
    wrong('X-Envelope-To', 'must name the recipients of the envelope, by commas between them');
  if (sender.length > MAX_PATH || (sender !== '' && !SENDER.test(sender))) {
    wrong('X-Envelope-From', 'must be the address of MAIL FROM, or empty for a report');
  }
  if (errors.length > 0) {
    const fields = errors.map(({ field }) => field).join(', ');
    throw new TrackerError('invalid-input', `correct ${fields}`, errors);
  }
  const smtpUtf8 = [sender, ...recipients].some((text) => /[^\0-\x7f]/.test(text));
  // Whether that server was told by TLS is not said, and nothing depends on it.
  const client = { address: clientAddress, helo: decoded(clientHelo), tls: false };
  return { client, sender, recipients, smtpUtf8 };
}

export function one(headers: RequestHeaders, name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim();
}

/** Node hands headers over as latin1; what is beyond ASCII in an address is UTF-8 (RFC 6532). */
const decoded = (text: string) => Buffer.from(text, 'latin1').toString();
