import { decodeHeaderText } from '../mime/encoded-words.js';
import { defaultMimeLimits, type MimeEntity } from '../mime/message-tree.js';
import { isRefused, splitMessage } from '../mime/split-message.js';
import { textKindOf } from '../mime/text-kind.js';
import { decodeBase64, decodeBody } from '../mime/transfer-encoding.js';
import { protectedAddresses, type ProtectedAddresses } from './protected-addresses.js';
import { isInBytes, isInText } from './readings.js';

/** What the gate minds. */
export interface LeakRules {
  /** Real addresses. Text without an at sign is none: it would be found in a customer's name. */
  readonly protect: readonly string[];
  /** Addresses that may be shown though they are protected: what the store itself publishes (MAIL-RULES R34). */
  readonly allowed: readonly string[];
  readonly trackerDomains: readonly string[];
  /** The recipient's own real addresses: no leak to that person in an attachment (R34); none by default. */
  readonly recipientAddresses?: readonly string[];
}

/**
 * The last look at a finished message (MAIL-RULES R37): true where its octets, as they are or decoded, show a protected
 * address. Headers and text are decoded in every way, whatever a part says of its own encoding; each leaf by what it says
 * as well. It does not look into archives, images or compressed documents.
 */
export function findsLeak(raw: Buffer, rules: LeakRules): boolean {
  const shown = { publicAddresses: rules.allowed, trackerDomains: rules.trackerDomains };
  const everybody = protectedAddresses(rules.protect, shown);
  if (everybody.addresses.length === 0) return false;
  const others = protectedAddresses(rules.protect, {
    ...shown,
    publicAddresses: [...rules.allowed, ...(rules.recipientAddresses ?? [])],
  });
  const leaves = leavesOf(raw);
  const attachments = leaves.filter((leaf) => textKindOf(leaf) === undefined);
  if (leaves.some((leaf) => isInLeaf(raw, leaf, attachments.includes(leaf) ? others : everybody))) return true;
  for (const reading of decodings(textWithout(raw, attachments))) {
    if (isInText(reading, everybody)) return true;
  }
  return false;
}

/** Limits are for what comes in; the gate looks at everything. A message too deep for it is read as one text. */
function leavesOf(raw: Buffer): MimeEntity[] {
  const tree = splitMessage(raw, { ...defaultMimeLimits, depth: 50, parts: 5000, headerFields: 5000 });
  if (isRefused(tree)) return [];
  const leaves = (entity: MimeEntity): MimeEntity[] =>
    entity.children.length === 0 ? [entity] : entity.children.flatMap(leaves);
  return leaves(tree.root);
}

function isInLeaf(raw: Buffer, leaf: MimeEntity, protect: ProtectedAddresses): boolean {
  const body = raw.subarray(leaf.bodyStart, leaf.end);
  const { bytes } = decodeBody(body, leaf.encoding);
  return isInBytes(bytes, leaf, protect) || (bytes !== body && protect.isIn(body.toString('latin1')));
}

function textWithout(raw: Buffer, leaves: readonly MimeEntity[]): string {
  let text = '';
  let copied = 0;
  for (const { bodyStart, end } of leaves) {
    text += raw.toString('utf8', copied, bodyStart);
    copied = end;
  }
  return text + raw.toString('utf8', copied);
}

function* decodings(text: string): Generator<string> {
  yield text;
  yield text.replace(/\r?\n[ \t]+/g, '').replace(/=\?[^\n]{5,}\?=/g, headerText);
  yield text.replace(/\0/g, '').replace(/\r?\n[ \t]/g, '');
  yield decodeBody(Buffer.from(text), 'quoted-printable').bytes.toString('utf8');
  for (const [block] of text.matchAll(/(?:^[A-Za-z0-9+/]{2,76}={0,2}\r?\n)+/gm))
    yield decodeBase64(block).toString('utf8');
}

function headerText(words: string): string {
  return decodeHeaderText(Buffer.from(words).toString('latin1'));
}
