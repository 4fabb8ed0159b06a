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
  | {
      readonly kind: 'report';
      readonly recipients: readonly [RecipientReport, ...RecipientReport[]];
      /** Message-ID of the message that it returns, in angle brackets; undefined where it returns none. */
      readonly returnedId?: string;
    }
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
  if (first) return { kind: 'report', recipients: [first, ...others], returnedId: returnedIdOf(raw, leaves) };
  const bounce = readTextBounce(signsOf(tree, leaves));
  if (bounce) return { kind: 'report', recipients: [bounce], returnedId: returnedIdOf(raw, leaves) };
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

/** RFC 3462 §2: the returned message or its header is a part of its own; who knows no reports writes it below the text. */
const RETURNED_TYPES = /^(?:message\/(?:rfc822|global)|(?:text|message)\/(?:rfc822|global)-headers|text\/plain)$/;
const MESSAGE_ID = /^Message-ID:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{1,250}>)/im;

function returnedIdOf(raw: Buffer, leaves: readonly MimeEntity[]): string | undefined {
  // The text comes first in a report, and quotes at most what is returned behind it.
  for (const leaf of leaves.filter(({ type }) => RETURNED_TYPES.test(type)).toReversed()) {
    const found = MESSAGE_ID.exec(bodyOf(raw, leaf).toString('latin1'))?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
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
