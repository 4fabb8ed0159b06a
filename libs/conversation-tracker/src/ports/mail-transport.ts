import { type Readable } from 'node:stream';

/** One message on its way: the envelope alone holds the real address (RFC 5321 §2.3.1). */
export interface OutgoingMail {
  /** `from` is empty for a report of ours: `MAIL FROM:<>` (RFC 5321 §4.5.5). */
  envelope: { from: string; to: string[] };
  /** The finished message, RFC 5322; empty where there is a `stream`. */
  raw: Buffer;
  /**
   * A large message for a transport that {@link MailTransport.streams}: all its octets from the start, each time it is called.
   * Where the stream fails, the message was changed where it is kept, and must not go out.
   */
  stream?: () => Promise<Readable>;
}

export interface MailTransport {
  /** Set by one that sends large messages from a stream. @default each is handed over as a whole */
  readonly streams?: boolean;
  /**
   * Hands the message to the next server.
   * @returns its answer to the final dot.
   * @throws MailTransportError when it did not take it.
   */
  send(mail: OutgoingMail): Promise<{ response: string }>;
  close(): Promise<void>;
  /**
   * Whether the next server answers and takes who signs in; no message is sent. Left out by a transport that cannot tell.
   * @throws MailTransportError when it does not.
   */
  verify?(): Promise<void>;
}

/** Why a message was not taken. The text names no address (R27). */
export class MailTransportError extends Error {
  constructor(
    message: string,
    /** A 5xx answer or a message that can never be sent: trying again does not help. */
    readonly permanent: boolean,
    readonly smtpCode?: number,
    /** RFC 3463, such as 5.1.1. */
    readonly enhancedCode?: string,
  ) {
    super(message);
    this.name = 'MailTransportError';
  }
}

export const MAIL_TRANSPORT = Symbol.for('nestjs-conversation-tracker/mail-transport');
