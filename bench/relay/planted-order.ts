import { createHash } from 'node:crypto';
import { foldAddress, parseEmailAddress } from '../../libs/conversation-tracker/src/kernel/email-address.js';
import { complexAlias, simpleAlias } from '../../libs/conversation-tracker/src/message/alias-grammar.js';
import { parseMailboxes } from '../../libs/conversation-tracker/src/message/mime/mailbox-list.js';
import { readRelayHeaders } from '../../libs/conversation-tracker/src/message/relay/relay-headers.js';
import type { RelayJob } from '../../libs/conversation-tracker/src/message/relay/relay-job.js';
import {
  fieldValues,
  headerEnd,
  readHeaderBlock,
  type HeaderField,
} from '../../libs/conversation-tracker/src/mailer/inbound/verdict/header-block.js';

const TRACKER_DOMAIN = 'ct.example.com';
const NOBODY_NAMED = 'store@planted.example';
const NO_AUTHOR = 'Customer <customer@planted.example>';

/** `customer-writes`: the writer has a Complex alias and the others Simple ones; `store-writes`: the other way round. */
export type Direction = 'customer-writes' | 'store-writes';

/** An order to which a message belongs, its people taken from the message itself. */
export interface PlantedOrder {
  readonly writer: string;
  readonly recipient: string;
  /** Folded real address → alias. */
  readonly aliases: ReadonlyMap<string, string>;
}

/**
 * Collections have many messages without a From field, which no server takes (R13): such a one gets one, so that all else in it
 * is looked at. One whose From field is broken stays as it is.
 */
export function withAuthor(raw: Buffer): { raw: Buffer; isPlanted: boolean } {
  const end = headerEnd(raw);
  const block = readHeaderBlock(raw.subarray(0, end === -1 ? undefined : end));
  if ('fault' in block || fieldValues(block.fields, 'from').length > 0) return { raw, isPlanted: false };
  return { raw: Buffer.concat([Buffer.from(`From: ${NO_AUTHOR}\r\n`), raw]), isPlanted: true };
}

export function plantOrder(author: string, fields: readonly HeaderField[], direction: Direction): PlantedOrder {
  const writer = foldAddress(author);
  const others = fields
    .filter(({ name }) => ['to', 'cc', 'reply-to', 'sender'].includes(name))
    .flatMap(({ text }) => parseMailboxes(text.slice(text.indexOf(':') + 1)))
    .filter(({ address }) => parseEmailAddress(address) !== undefined)
    .map(({ address }) => foldAddress(address))
    .filter((address) => address !== writer && !address.endsWith(TRACKER_DOMAIN))
    .slice(0, 20);
  const [recipient = NOBODY_NAMED] = others;
  const people = [...new Set([writer, recipient, ...others])];
  const aliases = people.map((address, i): [string, string] => {
    const isSimple = (direction === 'store-writes') === (i === 0);
    const digest = createHash('sha256').update(address).digest('hex').slice(0, 32);
    const simple = isSimple ? simpleAlias(address, String(100_000_000_000 + i), TRACKER_DOMAIN) : undefined;
    return [address, simple ?? complexAlias(digest, TRACKER_DOMAIN)];
  });
  return { writer, recipient, aliases: new Map(aliases) };
}

/** The one copy of a message that the order's recipient gets. */
export function relayJob(raw: Buffer, { writer, recipient, aliases }: PlantedOrder): RelayJob {
  const trackerDomains = [TRACKER_DOMAIN];
  const { fromName } = readRelayHeaders(raw);
  const plan = {
    from: { address: aliases.get(writer)!, name: fromName },
    to: { address: aliases.get(recipient)!, name: 'Recipient' },
    messageId: `<new@${TRACKER_DOMAIN}>`,
    references: [`<root@${TRACKER_DOMAIN}>`, `<new@${TRACKER_DOMAIN}>`],
    aliases,
    ownAliases: new Set(aliases.values()),
    publicAddresses: [],
    trackerDomains,
    recipientAddresses: [recipient],
  };
  const gate = { protect: [...aliases.keys()], allowed: [], trackerDomains, recipientAddresses: [recipient] };
  return { raw, copies: [{ key: 'copy', plan, gate }], show: { aliases, publicAddresses: [], trackerDomains } };
}
