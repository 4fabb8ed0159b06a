import { cleanDisplayName } from '../display-name.js';
import { decodeHeaderText } from '../mime/encoded-words.js';
import { readHeaderBlock } from '../mime/header-block.js';
import { parseMailboxes } from '../mime/mailbox-list.js';
import { defaultMimeLimits } from '../mime/message-tree.js';
import { cleanLine } from './clean-line.js';

/** Code points. */
const maxSubject = 255;
/** Octets of a field that are looked at: more than any mail program shows. */
const longestValue = 20_000;
/** A thread's root and its newest messages matter; nobody looks up more. */
const maxReferences = 100;
/** Octets in which as many stand, however long each is. */
const longestReferences = maxReferences * 1_000;
/** RFC 5322 §2.1.1: a longer line is no line. */
const MESSAGE_ID = /<[^<>\s]{1,996}>/g;

/** What the head of a message says of the thread and of its writer. Nothing here is masked. */
export interface RelayHeaders {
  /** With angle brackets; undefined where there is none. */
  readonly messageId?: string;
  readonly inReplyTo: readonly string[];
  /** Oldest first, the newest hundred. */
  readonly references: readonly string[];
  /** Decoded, one line, at most 255 code points; empty where there is none. */
  readonly subject: string;
  /** The writer's name as it may stand beside an alias (MAIL-RULES R32). */
  readonly fromName?: string;
}

/** Reads the top header block alone, within its limits (R7): cheap whatever comes after it. Never fails. */
export function readRelayHeaders(raw: Uint8Array): RelayHeaders {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const block = readHeaderBlock(bytes, 0, bytes.length, defaultMimeLimits);
  const fields = typeof block === 'string' ? [] : block.fields;
  const value = (name: string): string => {
    const field = fields.find((one) => one.name === name);
    return field ? bytes.toString('latin1', field.valueStart, field.end) : '';
  };
  const [messageId] = messageIds(value('message-id').slice(0, longestValue));
  const name = parseMailboxes(value('from').slice(0, longestValue)).at(0)?.name;
  const fromName = name === undefined ? undefined : cleanDisplayName(name);
  return {
    ...(messageId === undefined ? {} : { messageId }),
    inReplyTo: messageIds(value('in-reply-to').slice(0, longestReferences)).slice(0, maxReferences),
    references: messageIds(value('references').slice(-longestReferences)).slice(-maxReferences),
    subject: cleanLine(decodeHeaderText(value('subject').slice(0, longestValue)), maxSubject),
    ...(fromName === undefined ? {} : { fromName }),
  };
}

function messageIds(octets: string): string[] {
  return [...new Set(octets.replace(/\r?\n/g, '').match(MESSAGE_ID))];
}
