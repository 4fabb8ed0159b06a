import { createHash } from 'node:crypto';
import {
  envelopeHeaders,
  type SignedEnvelope,
  signEnvelope,
} from '../../libs/conversation-tracker/src/mailer/inbound/webhook/envelope-signature.js';

export const SECRET = 'a1'.repeat(32);

/** The headers with which a mail server hands a message over, signed unless `more` says otherwise. */
export function signedHeaders(
  message: string | Buffer,
  envelope: Pick<SignedEnvelope, 'sender' | 'recipients'> & Partial<SignedEnvelope>,
  secret = SECRET,
): Record<string, string> {
  const signed = {
    timestamp: String(Math.floor(Date.now() / 1_000)),
    clientAddress: '192.0.2.1',
    clientHelo: 'mx.customer.example',
    contentDigest: createHash('sha256').update(message).digest('base64'),
    ...envelope,
  };
  return {
    ...envelopeHeaders(signed),
    'Content-Type': 'message/rfc822',
    'X-Signature': signEnvelope(secret, signed),
  };
}
