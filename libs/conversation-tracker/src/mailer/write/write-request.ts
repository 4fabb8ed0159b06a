import { type FieldError, TrackerError } from '../../kernel/errors.js';
import { cleanLine } from '../../message/relay/clean-line.js';
import { type StoredAttachment } from '../../timeline/attachments/attachment-store.js';

/** Octets of the text, and of the HTML: far more than anybody writes. */
export const MAX_TEXT = 256 * 1024;
export const MAX_RECIPIENTS = 50;
/** RFC 5322 gives none; readers show less. */
const MAX_SUBJECT = 255;
const MAX_WORD = 254;

/** A file as it was given; its octets lie in the store that it is for. */
export interface GivenFile {
  name?: string;
  type: string;
  stored: StoredAttachment;
}

/** A request's fields, in which anything may stand, and its files. */
export interface Submission {
  fields: unknown;
  files: readonly GivenFile[];
}

/** What somebody writes to people of an order. */
export interface WriteRequest {
  /** Roles and aliases. */
  to: readonly string[];
  subject: string;
  text: string;
  html?: string;
  /** The row id of the message that this one answers. */
  inReplyTo?: string;
}

/** Likewise, in answer to a message that says the rest. */
export type ReplyRequest = Pick<WriteRequest, 'text' | 'html'> & { subject?: string };

/** @throws TrackerError `invalid-input` naming every field that is wrong. */
export function parseWriteRequest(fields: unknown): WriteRequest {
  const reader = new FieldReader(fields, ['to', 'subject', 'text', 'html', 'inReplyTo']);
  const request = {
    to: reader.words('to') ?? ['customer'],
    subject: reader.line('subject') ?? reader.miss('subject'),
    text: reader.text('text') ?? reader.miss('text'),
    html: reader.text('html'),
    inReplyTo: reader.line('inReplyTo'),
  };
  reader.check();
  return request;
}

/** @throws TrackerError `invalid-input` naming every field that is wrong. */
export function parseReplyRequest(fields: unknown): ReplyRequest {
  const reader = new FieldReader(fields, ['subject', 'text', 'html']);
  const request = {
    subject: reader.line('subject'),
    text: reader.text('text') ?? reader.miss('text'),
    html: reader.text('html'),
  };
  reader.check();
  return request;
}

class FieldReader {
  private readonly fields: Readonly<Record<string, unknown>>;
  private readonly errors: FieldError[] = [];

  constructor(fields: unknown, known: readonly string[]) {
    const isObject = typeof fields === 'object' && fields !== null && !Array.isArray(fields);
    this.fields = isObject ? (fields as Record<string, unknown>) : {};
    const unknown = Object.keys(this.fields).filter((field) => !known.includes(field));
    if (unknown.length > 0) this.refuse('body', `must hold no other fields than ${known.join(', ')} and files`);
  }

  words(field: string): string[] | undefined {
    const value = this.fields[field];
    if (value === undefined || value === null) return undefined;
    const words = [value].flat();
    const isRight = (word: unknown) => typeof word === 'string' && word.length > 0 && word.length <= MAX_WORD;
    if (words.length > 0 && words.length <= MAX_RECIPIENTS && words.every(isRight)) return words as string[];
    this.refuse(field, `must be 1 to ${MAX_RECIPIENTS} roles or aliases of the order`);
    return undefined;
  }

  /** On one line, without anything that is not seen (R40). */
  line(field: string): string | undefined {
    const value = this.fields[field];
    if (value === undefined || value === null) return undefined;
    const line = typeof value === 'string' ? cleanLine(value, MAX_SUBJECT) : '';
    if (line === '') this.refuse(field, `must be text of 1 to ${MAX_SUBJECT} characters`);
    return line;
  }

  text(field: string): string | undefined {
    const value = this.fields[field];
    if (value === undefined || value === null) return undefined;
    const text = typeof value === 'string' ? withoutControls(value) : '';
    if (text.trim() === '' || Buffer.byteLength(text) > MAX_TEXT) {
      this.refuse(field, `must be text of at most ${MAX_TEXT / 1024} KB`);
    }
    return text;
  }

  miss(field: string): string {
    if (this.errors.every((error) => error.field !== field)) this.refuse(field, 'must be given');
    return '';
  }

  check(): void {
    if (this.errors.length === 0) return;
    const names = this.errors.map(({ field }) => field);
    throw new TrackerError('invalid-input', `correct ${names.join(', ')}`, this.errors);
  }

  private refuse(field: string, message: string): void {
    this.errors.push({ field, message });
  }
}

/** No line of a text has a control character but these (RFC 5322 §2.3, R40). */
function withoutControls(text: string): string {
  return text.replace(/[^\P{Cc}\t\n\r]+/gu, '');
}
