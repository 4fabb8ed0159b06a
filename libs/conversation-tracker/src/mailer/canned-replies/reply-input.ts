import { type FieldError, TrackerError } from '../../kernel/errors.js';
import { cleanLine } from '../../message/relay/clean-line.js';
import { canonicalLocale } from '../outbound/template-files.js';
import { faultOfReply } from './reply-text.js';

/** What a store gives of a reply. */
export interface ReplyInput {
  /** BCP 47, in its canonical spelling. */
  locale: string;
  /** Under which staff find it: one line. */
  title: string;
  /** Plain text; see `replyVariables` for what it may name. */
  text: string;
}

const MAX_LOCALE = 35;
const MAX_TITLE = 100;
const MAX_TEXT = 10_000;

/** @throws TrackerError `invalid-input`, naming every field that is wrong. */
export function parseReplyInput(body: unknown): ReplyInput {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const errors: FieldError[] = [];
  const input = {
    locale: readLocale(given.locale) ?? refuse('locale', 'must be a BCP 47 language tag, such as en or pt-BR'),
    title: readTitle(given.title) ?? refuse('title', `must be one line of 1 to ${MAX_TITLE} characters`),
    text: readText(given.text) ?? refuse('text', `must be text of 1 to ${MAX_TEXT} characters`),
  };
  const fault = faultOfReply(input.text);
  if (fault) errors.push({ field: 'text', ...fault });
  if (errors.length === 0) return input;
  throw new TrackerError('invalid-input', `correct ${errors.map(({ field }) => field).join(', ')}`, errors);

  function refuse(field: string, message: string): string {
    errors.push({ field, message });
    return '';
  }
}

/** The canonical spelling of a language tag; undefined for what is none. */
export function readLocale(value: unknown): string | undefined {
  const tag = typeof value === 'string' && value !== '' ? canonicalLocale(value) : undefined;
  return tag !== undefined && tag.length <= MAX_LOCALE ? tag : undefined;
}

function readTitle(value: unknown): string | undefined {
  const line = typeof value === 'string' ? cleanLine(value, MAX_TITLE + 1) : '';
  return line !== '' && line.length <= MAX_TITLE ? line : undefined;
}

function readText(value: unknown): string | undefined {
  // No control character but these.
  const text = typeof value === 'string' ? value.replace(/[^\P{Cc}\t\n\r]+/gu, '').replaceAll('\r\n', '\n') : '';
  return text.trim() !== '' && text.length <= MAX_TEXT ? text : undefined;
}
