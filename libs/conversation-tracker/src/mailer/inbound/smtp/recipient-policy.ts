import { type ResolvedAlias } from '../../../alias/alias-directory.js';
import { foldAddress, parseDomain } from '../../../kernel/email-address.js';
import { isOwnAddress } from '../../../message/alias-grammar.js';
import { type InboundRecipient } from './mail-receipt.js';
import { smtpReplies } from './smtp-reply.js';

/** Local parts that a mail domain has whatever else it has (RFC 5321 §4.5.1, RFC 2142). */
const operatorMailboxes = new Set(['postmaster', 'abuse']);

export interface RecipientSources {
  /** The current one first. */
  trackerDomains: readonly string[];
  /** `AliasDirectory.resolve`. */
  resolve: (address: string) => Promise<ResolvedAlias | undefined>;
  /** The delivery whose envelope sender an address is. */
  deliveryOf: (address: string) => string | undefined;
}

/**
 * Whose mail this is.
 * @throws SmtpReply where it is nobody's (R3, R5), or cannot be said now (R1).
 */
export async function decideRecipient(text: string, sources: RecipientSources): Promise<InboundRecipient> {
  const { trackerDomains, resolve, deliveryOf } = sources;
  const address = foldAddress(text.includes('@') ? text : `${text}@${trackerDomains[0]}`);
  const at = address.lastIndexOf('@');
  const [localPart, domain] = [address.slice(0, at), address.slice(at + 1)];
  // `a%b@` and `b!a@` ask us to send on to somewhere else.
  if (/[%!]/.test(localPart)) throw smtpReplies.noRelay();
  if (parseDomain(domain) === undefined || !isOwnAddress(address, trackerDomains)) throw smtpReplies.noRelay();
  if (operatorMailboxes.has(localPart) && trackerDomains.includes(domain)) return { kind: 'operator', address };
  const deliveryId = deliveryOf(address);
  if (deliveryId !== undefined) return { kind: 'bounce', address, deliveryId };
  const alias = await resolve(address).catch(() => {
    throw smtpReplies.notNow();
  });
  if (!alias) throw smtpReplies.noMailbox();
  return { kind: 'alias', address, ...alias };
}
