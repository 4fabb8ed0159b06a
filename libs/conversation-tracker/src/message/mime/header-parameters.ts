import { decodeCharset } from './charset.js';
import { decodeHeaderText } from './encoded-words.js';

/** A parameter value: as it is written, octet by octet, and as a reader shows it. */
export interface Parameter {
  /** One character per octet. */
  readonly octets: string;
  /** After RFC 2231 decoding; encoded words are left, since they are none by the book (RFC 2047 §5). */
  readonly text: string;
}

/** By lower-case name, RFC 2231 pieces put together. */
export type Parameters = ReadonlyMap<string, Parameter>;

export interface ParameterizedValue {
  /** What stands before the first semicolon, lower-case, without comments. */
  readonly value: string;
  readonly parameters: Parameters;
}

const PARAMETER = /;[\s;]*([^\s=;"]{1,200})\s*=\s*(?:"((?:[^"\\]|\\[^])*)"?|([^;]*))/g;
const PIECE = /^([^*]+)(?:\*(\d{1,3}))?(\*?)$/;

interface Piece {
  index: number;
  encoded: boolean;
  octets: string;
}

/** Reads `value; name=value…` of Content-Type and Content-Disposition (RFC 2045 §5.1, RFC 2231); never fails. */
export function parseParameterized(octets: string): ParameterizedValue {
  const text = withoutComments(octets.replace(/\r?\n/g, ''));
  const value = text.split(';', 1)[0].trim().toLowerCase();
  const pieces = new Map<string, Piece[]>();
  for (const [, written, quoted, bare] of text.matchAll(PARAMETER)) {
    const match = PIECE.exec(written.toLowerCase());
    if (!match) continue;
    const [, name, index, star] = match;
    const known = pieces.get(name) ?? [];
    pieces.set(name, known);
    known.push({
      index: index === undefined ? -1 : Number(index),
      encoded: star === '*',
      octets: quoted === undefined ? bare.trim() : quoted.replace(/\\([^])/g, '$1'),
    });
  }
  return { value, parameters: new Map([...pieces].map(([name, found]) => [name, joined(found)])) };
}

/** With encoded words decoded: they stand in file names of many senders, and their readers decode them. */
export function shownParameter({ text, octets }: Parameter): string {
  return text.includes('=?') ? decodeHeaderText(octets) : text;
}

/** The first of a name counts, as for readers; a RFC 2231 form goes before a plain one (RFC 6266 §4.3). */
function joined(pieces: readonly Piece[]): Parameter {
  const whole = pieces.filter(({ index }) => index === -1);
  const extended = whole.find(({ encoded }) => encoded);
  const numbered = pieces.filter(({ index }) => index >= 0).sort((a, b) => a.index - b.index);
  if (extended) return decodeExtended([extended]);
  if (numbered.length > 0) return decodeExtended(numbered);
  return plain(whole[0].octets);
}

function plain(octets: string): Parameter {
  return { octets, text: decodeCharset(Buffer.from(octets, 'latin1'), undefined) };
}

function decodeExtended(pieces: readonly Piece[]): Parameter {
  let charset: string | undefined;
  const decoded = pieces.map(({ encoded, octets }, i) => {
    if (!encoded) return octets;
    const header = i === 0 ? /^([^']*)'[^']*'/.exec(octets) : null;
    if (header) charset = header[1];
    return octets
      .slice(header?.[0].length ?? 0)
      .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  });
  const octets = decoded.join('');
  return { octets, text: decodeCharset(Buffer.from(octets, 'latin1'), charset) };
}

/** RFC 5322 §3.2.2, which Content-Type may have as well; what stands in quotes is none. */
export function withoutComments(text: string): string {
  if (!text.includes('(')) return text;
  let depth = 0;
  let quoted = false;
  let kept = '';
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '"' && depth === 0) quoted = !quoted;
    if (character === '\\') {
      if (depth === 0) kept += text.slice(i, i + 2);
      i++;
    } else if (character === '(' && !quoted && (depth > 0 || isApart(text, i))) depth++;
    else if (character === ')' && depth > 0) depth--;
    else if (depth === 0) kept += character;
  }
  return kept;
}

/** `filename=report(1).pdf` is a name to every reader. */
function isApart(text: string, index: number): boolean {
  return index === 0 || /[\s;,<>@]/.test(text.charAt(index - 1));
}
