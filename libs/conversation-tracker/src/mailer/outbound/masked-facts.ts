import { foldAddress } from '../../kernel/email-address.js';
import { TrackerError } from '../../kernel/errors.js';
import { placeholderAddress } from '../../message/alias-grammar.js';
import { maskOrderText } from '../../message/order-text/mask-order-text.js';

/** What a mail is made from. */
export interface MailFacts {
  readonly order: object;
  readonly data: Record<string, unknown>;
}

/**
 * The same facts without any real address, so that no template can show one: a status mail names people, never where they
 * read their mail.
 *
 * @param protect addresses that are to be found also where they do not look like one
 * @throws TrackerError `invalid-input` where the order is no JSON
 */
export function maskFacts(
  facts: MailFacts,
  protect: readonly string[],
  trackerDomains: readonly [string, ...string[]],
): MailFacts {
  const placeholder = placeholderAddress(trackerDomains[0]);
  const known = protect.filter((address) => address.includes('@')).map(foldAddress);
  const aliases = new Map(known.map((address) => [address, placeholder]));
  return JSON.parse(maskOrderText(jsonOf(facts), { aliases, placeholder, trackerDomains }).text) as MailFacts;
}

function jsonOf({ order, data }: MailFacts): string {
  try {
    return JSON.stringify({ order, data }, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
  } catch {
    // What JSON.stringify says may quote the order.
    throw new TrackerError('invalid-input', 'The order, or the data of its event, cannot be written as JSON');
  }
}
