import { applyByteEdits, foldLines, lineEdits, type ByteEdit } from './byte-edits.js';

/** A leaf's body without its transfer encoding. */
export interface DecodedBody {
  readonly bytes: Buffer;
  /** The body in its own transfer encoding again, with edits of the decoded octets, in rising order. */
  encode(edits: readonly ByteEdit[]): Buffer;
}

/** Encodings that leave the octets of a part as they are (RFC 2045 §6.2). */
export const IDENTITY: ReadonlySet<string> = new Set(['7bit', '8bit', 'binary']);

/** RFC 2045 §6.7: 76 characters. */
const longestLine = 76;

/** From so many octets on, a body that is only looked through is decoded and looked through piece by piece. */
export const largeBody = 1 << 18;
/** Octets of a piece: so few that they are gone from memory as soon as the next ones come. */
const pieceLength = 1 << 16;

/** Decodes a body by its Content-Transfer-Encoding; one that nobody knows is taken for none. Never fails. */
export function decodeBody(body: Buffer, encoding: string): DecodedBody {
  if (encoding === 'base64') return base64Body(body);
  if (encoding === 'quoted-printable') return quotedPrintableBody(body);
  return { bytes: body, encode: (edits) => applyByteEdits(body, edits) };
}

/** The octets of {@link decodeBody}, a piece at a time: of a large body there is never all in memory. */
export function decodedPieces(body: Buffer, encoding: string, length = pieceLength): Iterable<Buffer> {
  if (encoding === 'base64') return base64Pieces(body, length);
  return encoding === 'quoted-printable' ? quotedPrintablePieces(body, length) : piecesOf(body, length);
}

/** The same octets, a piece at a time. */
export function* piecesOf(octets: Buffer, length = pieceLength): Generator<Buffer> {
  for (let at = 0; at < octets.length; at += length) yield octets.subarray(at, at + length);
}

/** Padding that another piece of base64 follows. */
const PADDING = /=[=\s]*(?=[A-Za-z0-9+/])/;

/** Anything but letters and line breaks: padding, which another piece may follow, and what does not belong there. */
const NO_LETTER = /[^A-Za-z0-9+/\r\n]/;

const CRLF = Buffer.from('\r\n');

function* base64Pieces(body: Buffer, length: number): Generator<Buffer> {
  let start = 0;
  for (let lines = evenLines(body, start, length); lines; lines = evenLines(body, start, length)) {
    yield lines.bytes;
    start = lines.end;
  }
  let carried = '';
  for (let at = start; at < body.length; at += length) {
    const lines = body.toString('latin1', at, Math.min(body.length, at + length));
    if (NO_LETTER.test(lines)) {
      // How this is read depends on what follows: the rest is read at once, as it would be without pieces.
      yield decodeBase64(carried + body.toString('latin1', at));
      return;
    }
    const letters = carried + lines.replace(/[\r\n]+/g, '');
    const whole = letters.length - (letters.length % 4);
    yield Buffer.from(letters.slice(0, whole), 'base64');
    carried = letters.slice(whole);
  }
  yield Buffer.from(carried, 'base64');
}

/**
 * Octets of lines that are all as long as the first, as every program writes them: decoded as they stand, without a look at
 * each letter. Undefined where the next ones are not so, or are not letters alone.
 */
function evenLines(body: Buffer, start: number, length: number): { bytes: Buffer; end: number } | undefined {
  const width = body.indexOf(CRLF, start) - start;
  const count = Math.floor(Math.min(length, body.length - start) / (width + CRLF.length));
  if (width <= 0 || width % 4 !== 0 || count === 0) return undefined;
  const end = start + count * (width + CRLF.length);
  for (let at = start + width; at < end; at += width + CRLF.length) {
    if (body[at] !== CRLF[0] || body[at + 1] !== CRLF[1]) return undefined;
  }
  const lines = body.toString('latin1', start, end);
  // Letters of base64url, which Node.js takes as well. Of any other octet it takes no notice, and there are fewer then.
  if (lines.includes('-') || lines.includes('_')) return undefined;
  const bytes = Buffer.from(lines, 'base64');
  return bytes.length === (count * width * 3) / 4 ? { bytes, end } : undefined;
}

/** No escape goes on behind a line's end. */
function* quotedPrintablePieces(body: Buffer, length: number): Generator<Buffer> {
  for (let at = 0; at < body.length;) {
    const lf = body.indexOf(0x0a, Math.min(body.length, at + length) - 1);
    const end = lf === -1 ? body.length : lf + 1;
    yield plainOf(body.subarray(at, end));
    at = end;
  }
}

/** Octets of base64, whatever stands between them; pieces that end in padding may follow one another. */
export function decodeBase64(text: string): Buffer {
  const pieces = text.split(PADDING);
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64')));
}

function base64Body(body: Buffer): DecodedBody {
  const text = body.toString('latin1');
  const bytes = decodeBase64(text);
  const encode = (edits: readonly ByteEdit[]): Buffer => {
    const encoded = applyByteEdits(bytes, edits).toString('base64');
    const first = /^\s*([^\s]{20,76})(\r?\n)[A-Za-z0-9+/]/.exec(text);
    const width = first ? first[1].length - (first[1].length % 4) : longestLine;
    const lineBreak = first?.[2] ?? (/\r?\n/.exec(text)?.[0] || '\r\n');
    const lines = encoded.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
    return Buffer.from(lines.join(lineBreak) + (/\r?\n$/.exec(text)?.[0] ?? ''), 'latin1');
  };
  return { bytes, encode };
}

function quotedPrintableBody(body: Buffer): DecodedBody {
  const bytes = plainOf(body);
  const encode = (edits: readonly ByteEdit[]): Buffer => {
    const { starts, ends } = placesOf(body, bytes.length);
    const encoded = edits.map((edit) => {
      const start = edit.start < bytes.length ? starts[edit.start] : body.length;
      return {
        start,
        end: edit.end > edit.start ? ends[edit.end - 1] : start,
        bytes: Buffer.from(encodeQuotedPrintable(edit.bytes), 'latin1'),
      };
    });
    return applyByteEdits(body, lineEdits(body, encoded, foldSoftly));
  };
  return { bytes, encode };
}

const ESCAPE = 0x3d;

function plainOf(body: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(body.length);
  let length = 0;
  for (let at = 0; at < body.length;) {
    const found = body.indexOf(ESCAPE, at);
    const escape = found === -1 ? body.length : found;
    length += body.copy(bytes, length, at, escape);
    if (escape === body.length) break;
    at = escapeEnd(body, escape);
    const octet = octetOf(body, escape, at);
    if (octet !== undefined) bytes[length++] = octet;
  }
  return bytes.subarray(0, length);
}

/** Where in the body each decoded octet begins and ends: asked for only where some are to be changed. */
function placesOf(body: Buffer, length: number): { starts: Uint32Array; ends: Uint32Array } {
  const starts = new Uint32Array(length);
  const ends = new Uint32Array(length);
  let count = 0;
  for (let at = 0; at < body.length;) {
    const end = body[at] === ESCAPE ? escapeEnd(body, at) : at + 1;
    if (body[at] !== ESCAPE || octetOf(body, at, end) !== undefined) {
      starts[count] = at;
      ends[count] = end;
      count++;
    }
    at = end;
  }
  return { starts, ends };
}

/** What `[at, end)`, which begins with `=`, stands for; undefined for a soft line break. */
function octetOf(body: Buffer, at: number, end: number): number | undefined {
  if (end === at + 1) return ESCAPE;
  return body[end - 1] === 0x0a ? undefined : hexDigit(body[at + 1]) * 16 + hexDigit(body[at + 2]);
}

/** `=XX`, a soft line break with or without blanks before it, or an `=` that stands for itself. */
function escapeEnd(body: Buffer, at: number): number {
  if (at + 2 < body.length && hexDigit(body[at + 1]) >= 0 && hexDigit(body[at + 2]) >= 0) return at + 3;
  let end = at + 1;
  while (body[end] === 0x20 || body[end] === 0x09) end++;
  if (body[end] === 0x0d) end++;
  return body[end] === 0x0a ? end + 1 : at + 1;
}

function hexDigit(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function encodeQuotedPrintable(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[^ -<>-~\r\n\t]|=/g, (octet) => `=${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

/** Text as quoted-printable (RFC 2045 §6.7). */
export function toQuotedPrintable(bytes: Buffer): Buffer {
  const encoded = encodeQuotedPrintable(bytes).replace(/[ \t](?=\r?\n|$)/g, (blank) => (blank === ' ' ? '=20' : '=09'));
  return foldSoftly(Buffer.from(encoded, 'latin1'));
}

function foldSoftly(lines: Buffer): Buffer {
  return foldLines(lines, { longest: longestLine, mark: '=', indent: '', mayBreak: outsideEscape });
}

function outsideEscape(line: string, index: number): boolean {
  return line[index - 1] !== '=' && line[index - 2] !== '=';
}
