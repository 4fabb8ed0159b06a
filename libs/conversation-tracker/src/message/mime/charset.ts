import { isUtf8 } from 'node:buffer';
import { decodeUtf7, utf7Units } from './charset-utf7.js';
import { multibyteUnits } from './charset-multibyte.js';

/** A decoded leaf, and how to change the octets where its text has to change. */
export interface CharsetView {
  readonly text: string;
  /** The octets of `[start, end)` of the text; undefined where they belong to more than that. */
  source(start: number, end: number): { start: number; end: number } | undefined;
  /** ASCII text in this charset. */
  encode(ascii: string): Buffer;
}

/** Characters of a text with the octets that each of them is written in. */
export interface CharsetUnit {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** 0x80 to 0x9F; the five that stand for nothing stay controls, as WHATWG has it. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const MULTIBYTE = new Set(['shift_jis', 'gbk', 'gb18030', 'big5', 'euc-kr', 'euc-jp', 'iso-2022-jp']);

/**
 * Text of `bytes` as a reader shows it. An unknown charset, or UTF-8 that is none, is read octet by octet: addresses are
 * ASCII in nearly every charset there is. Never fails.
 */
export function decodeCharset(bytes: Buffer, label: string | undefined): string {
  const name = charsetName(bytes, label);
  switch (name) {
    case 'utf-8':
      return bytes.toString('utf8');
    case 'latin1':
      return bytes.toString('latin1');
    case 'windows-1252':
      return decodeWindows1252(bytes);
    case 'utf-7':
      return decodeUtf7(bytes);
    default:
      return new TextDecoder(name, { ignoreBOM: true }).decode(bytes);
  }
}

/**
 * The same with a way back. Only the octets of a replaced range are ever written anew, so nothing else can suffer from an
 * encoder that knows fewer characters than the sender's, or from octets that were broken already.
 */
export function viewCharset(bytes: Buffer, label: string | undefined): CharsetView {
  const name = charsetName(bytes, label);
  const text = decodeCharset(bytes, label);
  const encode = (ascii: string): Buffer => Buffer.from(ascii, 'latin1');
  if (name === 'utf-16le' || name === 'utf-16be') return utf16View(text, name);
  if (name === 'utf-8') return { text, source: utf8Source(text), encode };
  if (name === 'utf-7') return unitView(utf7Units(bytes), encode);
  if (MULTIBYTE.has(name)) return unitView(multibyteUnits(bytes, name), encode);
  // All others have one octet for each character.
  return { text, source: (start, end) => ({ start, end }), encode };
}

function charsetName(bytes: Buffer, label: string | undefined): string {
  const name = (label ?? '').trim().toLowerCase();
  if (/^(?:x-)?(?:unicode-1-1-)?utf-?7$/.test(name)) return 'utf-7';
  // RFC 2781 §4.3: big endian unless a mark says otherwise; WHATWG reads the bare label the other way.
  if (name === 'utf-16') return bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-16be';
  try {
    const known = name === '' || name === 'us-ascii' || name === 'ascii' ? 'utf-8' : new TextDecoder(name).encoding;
    if (known === 'utf-8') return isUtf8(bytes) ? 'utf-8' : 'latin1';
    return known === 'replacement' || known === 'x-user-defined' ? 'latin1' : known;
  } catch {
    return isUtf8(bytes) ? 'utf-8' : 'latin1';
  }
}

/** By hand: `TextDecoder` of Node.js 20 takes it for Latin-1 and loses a leading 0xFF. */
function decodeWindows1252(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (control) => WINDOWS_1252.charAt(control.charCodeAt(0) - 0x80));
}

function utf16View(text: string, name: string): CharsetView {
  const encode = (ascii: string): Buffer => {
    const encoded = Buffer.from(ascii, 'utf16le');
    return name === 'utf-16be' ? encoded.swap16() : encoded;
  };
  return { text, source: (start, end) => ({ start: start * 2, end: end * 2 }), encode };
}

function utf8Source(text: string): CharsetView['source'] {
  // Ranges are asked for in rising order, so the text is measured once.
  let character = 0;
  let octet = 0;
  const offset = (to: number): number => {
    if (to < character) [character, octet] = [0, 0];
    octet += Buffer.byteLength(text.slice(character, to));
    character = to;
    return octet;
  };
  return (start, end) => ({ start: offset(start), end: offset(end) });
}

function unitView(units: readonly CharsetUnit[], encode: CharsetView['encode']): CharsetView {
  const starts = new Map<number, number>();
  const ends = new Map<number, number>();
  let length = 0;
  for (const unit of units) {
    if (unit.text === '') continue;
    starts.set(length, unit.start);
    length += unit.text.length;
    ends.set(length, unit.end);
  }
  const source: CharsetView['source'] = (from, to) => {
    const start = starts.get(from);
    const end = ends.get(to);
    return start === undefined || end === undefined ? undefined : { start, end };
  };
  return { text: units.map(({ text }) => text).join(''), source, encode };
}
