import { type ResolvedAlias } from '../../../alias/alias-directory.js';

/** Whom a recipient of ours turned out to be, at RCPT: what was accepted then is delivered after (R46). */
export type InboundRecipient =
  | ({ kind: 'alias'; address: string } & ResolvedAlias)
  /** A bounce comes back to the envelope sender of one of our deliveries (R25, R26). */
  | { kind: 'bounce'; address: string; deliveryId: string }
  /** postmaster@ and abuse@ (R4). */
  | { kind: 'operator'; address: string };

/** Who brought a message. */
export interface InboundClient {
  /** IP address; empty where whoever handed the message over did not say. */
  address: string;
  /** What it calls itself. */
  helo: string;
  tls: boolean;
  /** The integration that signed in. */
  user?: string;
}

/** What is known of a message beside its octets, from the envelope alone (R9). */
export interface MailReceipt<Verdict = unknown> {
  /** Epoch milliseconds. */
  receivedAt: number;
  client: InboundClient;
  /** Empty for reports (R21). */
  sender: string;
  recipients: InboundRecipient[];
  /** RFC 6531. */
  smtpUtf8: boolean;
  /** Who wrote; missing where the header does not say so. */
  verdict?: Verdict;
  /** What is wrong with the header of a message that SMTP would have refused with 550 5.6.0: it is to be held (R13). */
  fault?: string;
}
