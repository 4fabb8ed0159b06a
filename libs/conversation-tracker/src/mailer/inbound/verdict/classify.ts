import { foldAddress } from '../../../kernel/email-address.js';
import { isOwnAddress } from '../../../message/alias-grammar.js';
import { type RelayRule } from '../../../settings/store-settings-values.js';
import { isAuthenticated, type SenderVerdict } from './sender-verdict.js';

export interface InboundPolicy {
  relay: RelayRule;
  /** For `domains`: A-labels, lower case. A sub-domain is another domain. */
  domains: readonly string[];
  /** Addresses that are relayed, once proven, whatever `relay` says. */
  trusted: readonly string[];
  bulk: 'hold' | 'refuse';
}

export interface ClassifyInput {
  verdict: SenderVerdict;
  /** MAIL FROM; empty for reports. */
  envelopeSender: string;
  /** What the recipient is (R4, R25). */
  recipient: 'alias' | 'bounce' | 'operator';
  /** Folded addresses of the order's participants. */
  participants: ReadonlySet<string>;
  trackerDomains: readonly string[];
  policy: InboundPolicy;
  /** To how many orders this sender's bulk mail went today, this one included. */
  bulkOrdersToday: number;
  /** The message was here already, by its signed hop header (R22). */
  isLoop: boolean;
}

export type HoldReason = 'spoofed' | 'unverified' | 'unknown-sender' | 'other-domain' | 'bulk' | 'own-address' | 'loop';

export type Classification =
  /** To the other side. `verified` is false where From is not proven: the display name says so (R39). */
  | { kind: 'relay'; sender: 'participant' | 'new'; verified: boolean }
  | { kind: 'hold'; reason: HoldReason }
  | { kind: 'refuse'; reason: 'bulk' }
  /** To bounce handling, never on (R23, R26). */
  | { kind: 'bounce' }
  /** Recorded; to the other side at most once per pair in some days (R23). */
  | { kind: 'automatic' }
  /** To the operator's mailbox (R4). */
  | { kind: 'operator' };

/** R28. */
export const MAX_BULK_ORDERS = 20;
/** What becomes of a message for one recipient (R17 to R19, R21 to R23, R28). */
export function classify(input: ClassifyInput): Classification {
  const { verdict, envelopeSender, recipient, policy, isLoop } = input;
  const { nature } = verdict;
  if (recipient === 'operator') return { kind: 'operator' };
  if (recipient === 'bounce' || nature.report) return { kind: 'bounce' };
  if (isLoop) return hold('loop');
  if (isOwnAddress(verdict.from, input.trackerDomains)) return hold('own-address');
  if (nature.bulk) {
    const refused = policy.bulk === 'refuse' || input.bulkOrdersToday > MAX_BULK_ORDERS;
    return refused ? { kind: 'refuse', reason: 'bulk' } : hold('bulk');
  }
  const judged = judgeSender(input);
  if (judged.kind === 'hold') return judged;
  // Most out-of-office answers come from the null sender (RFC 3834 §3.1.1); what else does is a report in its own words.
  if (nature.autoReplied) return { kind: 'automatic' };
  return envelopeSender === '' ? { kind: 'bounce' } : judged;
}

function judgeSender({ verdict, participants, policy }: ClassifyInput): Classification {
  const verified = isAuthenticated(verdict);
  const from = foldAddress(verdict.from);
  // In a participant's name, no setting lets unproven mail through (R18).
  if (participants.has(from)) return verified ? { kind: 'relay', sender: 'participant', verified } : hold('spoofed');
  const relayed: Classification = { kind: 'relay', sender: 'new', verified };
  if (verified && policy.trusted.some((address) => foldAddress(address) === from)) return relayed;
  if (policy.relay === 'anyone') return relayed;
  if (policy.relay === 'known') return hold('unknown-sender');
  const domain = from.slice(from.lastIndexOf('@') + 1);
  if (policy.relay === 'domains' && !policy.domains.includes(domain)) return hold('other-domain');
  return verified ? relayed : hold('unverified');
}

const hold = (reason: HoldReason): Classification => ({ kind: 'hold', reason });
