import { cleanLine } from '../../message/relay/clean-line.js';

/** Code points of the text that is quoted: enough to know what is answered. */
const LONGEST = 20_000;
const MAX_SUBJECT = 255;

/** What is answered. */
export interface Quoted {
  /** How its writer is called. */
  who: string;
  /** Epoch milliseconds. */
  at: number;
  text: string;
}

/** `Re:` once, however often it was answered. */
export function replySubject(subject: string): string {
  return cleanLine(/^re\s*:/i.test(subject) ? subject : `Re: ${subject}`, MAX_SUBJECT);
}

/** Below the answer, as mail programs write it (RFC 3676 §4.5), in no language. */
export function quoteText({ who, at, text }: Quoted): string {
  const lines = Array.from(text).slice(0, LONGEST).join('').trim().split(/\r?\n/);
  return [heading(who, at), ...lines.map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`))].join('\n');
}

/** The same for an answer in HTML, whatever the message was in. */
export function quoteHtml({ who, at, text }: Quoted): string {
  const words = escaped(Array.from(text).slice(0, LONGEST).join('').trim()).replace(/\r?\n/g, '<br>\n');
  return `<p>${escaped(heading(who, at))}</p>\n<blockquote>${words}</blockquote>`;
}

function heading(who: string, at: number): string {
  return `${who}, ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC:`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
