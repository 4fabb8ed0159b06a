import { type MessageNature } from './message-nature.js';

export type DmarcResult = 'pass' | 'fail' | 'none';

/** What is known of who wrote, from before the 250 (R13). Kept with the message and shown. */
export interface SenderVerdict {
  /** The one mailbox of From. */
  from: string;
  /** Of the message as a whole: whether From's domain stands behind it (RFC 7489). */
  dmarc: DmarcResult;
  /** Of the envelope sender's server (RFC 7208). */
  spf: string;
  /** Domains whose signature holds over the whole message (RFC 6376). */
  dkimDomains: readonly string[];
  /** The integration that signed in and may write as From (R18). */
  integration?: string;
  nature: MessageNature;
}

/** Whether From is proven: for a domain by DMARC, for an integration by its password (R17, R18). */
export function isAuthenticated({ dmarc, integration }: SenderVerdict): boolean {
  return dmarc === 'pass' || integration !== undefined;
}
