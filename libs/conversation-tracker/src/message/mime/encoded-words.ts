import { isAscii } from '../../kernel/email-address.js';
import { decodeCharset } from './charset.js';
import { decodeBase64 } from './transfer-encoding.js';

const WORD = /=\?([^?\s*]{1,60})(?:\*[^?\s]{0,60})?\?([bq])\?([^?]*)\?=/gi;
const BETWEEN_WORDS = /(\?=)\s+(?==\?[^?\s]{1,120}\?[bq]\?)/gi;
/** RFC 2047 §2: 75 characters, of which `=?UTF-8?B?` and `?=` are 12; base64 gives 45 octets in 60. */
const octetsOfWord = 45;

/** A header's octets, one character each, as a reader shows them: unfolded, encoded words decoded (RFC 2047, RFC 2231 §5). */
export function decodeHeaderText(octets: string): string {
  const unfolded = octets.replace(/\r?\n(?=[ \t])/g, '').replace(/[\r\n]+/g, '');
  let decoded = '';
  let copied = 0;
  let pending: { charset: string; bytes: Buffer[] } | undefined;
  const flush = (): void => {
    if (pending) decoded += decodeCharset(Buffer.concat(pending.bytes), pending.charset);
    pending = undefined;
  };
  const text = unfolded.replace(BETWEEN_WORDS, '$1');
  for (const { 0: word, 1: charset, 2: encoding, 3: content, index } of text.matchAll(WORD)) {
    if (index > copied || pending?.charset !== charset.toLowerCase()) flush();
    decoded += eightBit(text.slice(copied, index));
    // Senders cut words inside of a character, so neighbours of one charset are decoded together.
    pending ??= { charset: charset.toLowerCase(), bytes: [] };
    pending.bytes.push(encoding.toLowerCase() === 'b' ? decodeBase64(content) : decodeQ(content));
    copied = index + word.length;
  }
  flush();
  return decoded + eightBit(text.slice(copied));
}

/** Text of an unstructured field as ASCII: itself, or encoded words, on lines of their own. */
export function encodeHeaderText(text: string): string {
  const line = text.replace(/[\r\n\0]+/g, ' ').trim();
  return isAscii(line) && !/=\?|[^\t -~]/.test(line) && line.length <= 900 ? line : encodeWords(line);
}

/** A display name as a phrase (RFC 5322 §3.2.5): atoms, a quoted string, or encoded words. */
export function encodePhrase(name: string): string {
  const line = name.replace(/[\r\n\0]+/g, ' ').trim();
  if (/^[\w!#$%&'*+\-/?^`{|}~ ]+$/.test(line) && isAscii(line) && line.length < 70) return line;
  if (/^[ -~]+$/.test(line) && !line.includes('=?') && line.length < 70) {
    return `"${line.replace(/["\\]/g, String.raw`\$&`)}"`;
  }
  return encodeWords(line);
}

function encodeWords(text: string): string {
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character) > octetsOfWord) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  words.push(word);
  return words.map((one) => `=?UTF-8?B?${Buffer.from(one).toString('base64')}?=`).join('\r\n ');
}

function decodeQ(content: string): Buffer {
  const octets = content
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1');
}

function eightBit(octets: string): string {
  return isAscii(octets) && !/[\u0080-\u00ff]/.test(octets)
    ? octets
    : decodeCharset(Buffer.from(octets, 'latin1'), undefined);
}
