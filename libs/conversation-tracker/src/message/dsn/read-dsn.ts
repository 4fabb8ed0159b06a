import { decodeCharset } from '../mime/charset.js';
import { decodeHeaderText } from '../mime/encoded-words.js';
import type { MessageTree, MimeEntity } from '../mime/message-tree.js';
import { isRefused, splitMessage } from '../mime/split-message.js';
import { decodeBody } from '../mime/transfer-encoding.js';
import { readDeliveryStatus } from './delivery-status.js';
import type { RecipientReport } from './dsn-report.js';
import { readTextBounce } from './text-bounce.js';

/** What a message to one of our bounce addresses is. */
export type DsnReading =
  | { readonly kind: 'report'; readonly recipients: readonly [RecipientReport, ...RecipientReport[]] }
  /** A report that says nothing of a delivery, such as a read receipt (RFC 8098), or one that cannot be read. */
  | { readonly kind: 'unreadable' }
  /** No report at all: an answer, such as an out-of-office, which goes to the envelope sender (RFC 3834 §4). */
  | { readonly kind: 'other' };

const STATUS_TYPES: ReadonlySet<string> = new Set(['message/delivery-status', 'message/global-delivery-status']);

/** A report may return all of a large mail, but says little of its own. */
const longestPart = 512 * 1024;

/**
 * Reads a delivery status notification: RFC 3464, or what servers write that do not know it. By hand, since none of the
 * libraries for Node is kept up; what a mail says of its recipient's address matters less here, for the bounce address tells
 * which delivery is meant. Never fails.
 */
export function readDsn(raw: Buffer): DsnReading {
  const tree = splitMessage(raw);
  if (isRefused(tree)) return { kind: 'unreadable' };
  const leaves = leavesOf(tree.root);
  const [first, ...others] = leaves
    .filter(({ type }) => STATUS_TYPES.has(type))
    .flatMap((leaf) => readDeliveryStatus(bodyOf(raw, leaf)));
  if (first) return { kind: 'report', recipients: [first, ...others] };
  const bounce = readTextBounce(signsOf(tree, leaves));
  if (bounce) return { kind: 'report', recipients: [bounce] };
  return { kind: tree.root.type === 'multipart/report' ? 'unreadable' : 'other' };
}

/** Not those of nested messages: a report that was forwarded in another one is about something else. */
function leavesOf(entity: MimeEntity): MimeEntity[] {
  if (!entity.type.startsWith('multipart/')) return [entity];
  return entity.children.flatMap(leavesOf);
}

function bodyOf(raw: Buffer, { bodyStart, end, encoding }: MimeEntity): Buffer {
  return decodeBody(raw.subarray(bodyStart, Math.min(end, bodyStart + longestPart)), encoding).bytes;
}

function signsOf({ raw, root }: MessageTree, leaves: readonly MimeEntity[]) {
  const header = (name: string): string => {
    const field = root.fields.find((one) => one.name === name);
    return field ? decodeHeaderText(raw.toString('latin1', field.valueStart, field.end)).trim() : '';
  };
  const leaf = leaves.find(({ type }) => type === 'text/plain');
  const text = leaf ? decodeCharset(bodyOf(raw, leaf), leaf.parameters.get('charset')?.text) : '';
  return { subject: header('subject'), from: header('from'), failedRecipients: header('x-failed-recipients'), text };
}
