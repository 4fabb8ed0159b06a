import { decodeHeaderText } from '../mime/encoded-words.js';
import { defaultMimeLimits, type MimeEntity } from '../mime/message-tree.js';
import { isRefused, splitMessage } from '../mime/split-message.js';
import { apparentType, textKindOf } from '../mime/text-kind.js';
import { decodeBase64, decodeBody } from '../mime/transfer-encoding.js';
import { base64Blocks } from './base64-blocks.js';
import type { ProtectedAddresses } from './protected-addresses.js';
import { hasFolds, isInBytes, isInEncoded, isInOctets, isInText } from './readings.js';
import { uudecoded } from './uuencoding.js';

/** Whom nobody may see in the text of a message, and whom in its attachments. */
export interface Protected {
  readonly shown: ProtectedAddresses;
  readonly attached: ProtectedAddresses;
}

/** Messages encoded within each other; what is deeper is not looked into and not let through either. */
const deepest = 8;

/** Bodies of leaves that are left out of a message, by where they stand in what is left. */
export type LeftOut = ReadonlyMap<number, Buffer>;

const nothing: LeftOut = new Map();

/** True where a message shows somebody, as it is or decoded in every way that a reader's software may try. */
export function isInMessage(raw: Buffer, protect: Protected, depth = 0, leftOut: LeftOut = nothing): boolean {
  if (depth > deepest) return true;
  const leaves = leavesOf(raw);
  const attachments = new Set(leaves.filter((leaf) => textKindOf(leaf) === undefined));
  for (const leaf of leaves) {
    const body = leftOut.get(leaf.bodyStart) ?? raw.subarray(leaf.bodyStart, leaf.end);
    const rules = attachments.has(leaf) ? { ...protect, shown: protect.attached } : protect;
    if (isInLeaf(body, leaf, rules, depth)) return true;
    if (isEncoded(leaf) && isInOctets(body, rules.shown)) return true;
  }
  for (const reading of decodings(textWithout(raw, attachments))) {
    if (isInText(reading, protect.shown)) return true;
  }
  return false;
}

/** The same for the octets of one leaf, without its transfer encoding; a message in it is looked into as such. */
export function isInContent(bytes: Buffer, leaf: MimeEntity, protect: Protected, depth = 0): boolean {
  if (isInBytes(bytes, leaf, protect.shown)) return true;
  return isMessage(leaf) && isInMessage(bytes, protect, depth + 1);
}

function isInLeaf(body: Buffer, leaf: MimeEntity, protect: Protected, depth: number): boolean {
  if (!isMessage(leaf)) return isInEncoded(body, leaf, protect.shown);
  return isInContent(decodeBody(body, leaf.encoding).bytes, leaf, protect, depth);
}

function isEncoded({ encoding }: MimeEntity): boolean {
  return encoding === 'base64' || encoding === 'quoted-printable';
}

/** True for a leaf that a reader's software opens as a message. */
export function isMessage(leaf: MimeEntity): boolean {
  return /^message\/(?:rfc822|global)$/.test(apparentType(leaf));
}

/** Limits are for what comes in; the gate looks at everything. */
export function splitForGate(raw: Buffer) {
  return splitMessage(raw, { ...defaultMimeLimits, depth: 50, parts: 5000, headerFields: 5000 });
}

/** A message too deep for the gate is read as one text. */
function leavesOf(raw: Buffer): MimeEntity[] {
  const tree = splitForGate(raw);
  if (isRefused(tree)) return [];
  const leaves = (entity: MimeEntity): MimeEntity[] =>
    entity.children.length === 0 ? [entity] : entity.children.flatMap(leaves);
  return leaves(tree.root);
}

function textWithout(raw: Buffer, leaves: ReadonlySet<MimeEntity>): string {
  let text = '';
  let copied = 0;
  for (const { bodyStart, end } of leaves) {
    text += raw.toString('utf8', copied, bodyStart);
    copied = end;
  }
  return text + raw.toString('utf8', copied);
}

/** What a way of reading leaves as it is was looked into already. */
function* decodings(text: string): Generator<string> {
  yield text;
  for (const read of [unfoldedHeader, unfoldedLines, unquoted]) {
    const reading = read(text);
    if (reading !== text) yield reading;
  }
  for (const block of base64Blocks(text)) yield decodeBase64(block).toString('utf8');
  if (text.includes('begin')) yield* uudecoded(text);
}

function unfoldedHeader(text: string): string {
  const unfolded = hasFolds(text) ? text.replace(/\r?\n[ \t]+/g, '') : text;
  return unfolded.includes('=?') ? unfolded.replace(/=\?[^\n]{5,}\?=/g, headerText) : unfolded;
}

function unfoldedLines(text: string): string {
  const whole = text.includes('\0') ? text.replace(/\0/g, '') : text;
  return hasFolds(whole) ? whole.replace(/\r?\n[ \t]/g, '') : whole;
}

function unquoted(text: string): string {
  return text.includes('=') ? decodeBody(Buffer.from(text), 'quoted-printable').bytes.toString('utf8') : text;
}

function headerText(words: string): string {
  return decodeHeaderText(Buffer.from(words).toString('latin1'));
}
