import { createHmac } from 'node:crypto';

/** What a request says of a message, as its headers have it; octets as latin1. */
export interface SignedEnvelope {
  /** Epoch seconds. */
  timestamp: string;
  /** IP address of who brought the message to the server that hands it over; empty where it is not known. */
  clientAddress: string;
  /** What that client called itself. */
  clientHelo: string;
  /** MAIL FROM; empty for reports. */
  sender: string;
  /** RCPT TO, in their order. */
  recipients: readonly string[];
  /** SHA-256 of the raw message, base64. */
  contentDigest: string;
}

/** So that a signature of something else is none here. */
const PURPOSE = 'conversation-tracker/raw-mail/1';

/**
 * What is signed: seven lines, each but the last with a LF. A header holds no line end, so no field runs into the next.
 * The message is signed by its digest, so that a request of nobody's is turned away before a byte of it is read.
 */
export function signedText({ recipients, ...envelope }: SignedEnvelope): string {
  const { timestamp, clientAddress, clientHelo, sender, contentDigest } = envelope;
  return [PURPOSE, timestamp, clientAddress, clientHelo, sender, recipients.join(','), contentDigest].join('\n');
}

/** HMAC-SHA256, hex. */
export function signEnvelope(secret: string, envelope: SignedEnvelope): string {
  return createHmac('sha256', secret).update(signedText(envelope), 'latin1').digest('hex');
}

/** The headers of a request, beside its signature. */
export function envelopeHeaders(envelope: SignedEnvelope): Record<string, string> {
  return {
    'X-Timestamp': envelope.timestamp,
    'X-Client-Address': envelope.clientAddress,
    'X-Client-Helo': envelope.clientHelo,
    'X-Envelope-From': envelope.sender,
    'X-Envelope-To': envelope.recipients.join(','),
    'Content-Digest': `sha-256=:${envelope.contentDigest}:`,
  };
}
