import { type Readable } from 'node:stream';

/** What the envelope and the connection say of who sends. */
export interface SenderClaim {
  /** IP address of the client; empty where it is not known, and SPF says nothing. */
  ip: string;
  helo: string;
  /** MAIL FROM; empty for reports. */
  mailFrom: string;
  /** The one mailbox of From. */
  from: string;
}

/** SPF, DKIM and DMARC of one message. */
export interface SenderAuthentication {
  /** `pass` only where From's domain is aligned with a signature or with the envelope, as its owner asks (RFC 7489). */
  dmarc: 'pass' | 'fail' | 'none';
  /** RFC 7208: `pass`, `fail`, `softfail`, `neutral`, `none`, `permerror`. */
  spf: string;
  /** Whose signatures hold, over the From field and the whole body. */
  dkimDomains: string[];
}

export interface SenderVerifier {
  /**
   * @param message its octets as they came; read to the end, whatever comes of it.
   * @throws TemporaryDnsFault where the answer depends on a name server that does not answer.
   */
  verify(message: Readable, claim: SenderClaim): Promise<SenderAuthentication>;
}

/** No verdict can be given now: the sender is asked to come back (R14). */
export class TemporaryDnsFault extends Error {
  constructor() {
    super('a name server did not answer');
    this.name = 'TemporaryDnsFault';
  }
}

export const SENDER_VERIFIER = Symbol.for('nestjs-conversation-tracker/sender-verifier');
