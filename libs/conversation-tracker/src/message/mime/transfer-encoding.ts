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

/** Decodes a body by its Content-Transfer-Encoding; one that nobody knows is taken for none. Never fails. */
export function decodeBody(body: Buffer, encoding: string): DecodedBody {
  if (encoding === 'base64') return base64Body(body);
  if (encoding === 'quoted-printable') return quotedPrintableBody(body);
  return { bytes: body, encode: (edits) => applyByteEdits(body, edits) };
}

/** Octets of base64, whatever stands between them; pieces that end in padding may follow one another. */
export function decodeBase64(text: string): Buffer {
  const pieces = text.split(/=[=\s]*(?=[A-Za-z0-9+/])/);
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
  const { bytes, starts, ends } = decodeQuotedPrintable(body);
  const encode = (edits: readonly ByteEdit[]): Buffer => {
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

function decodeQuotedPrintable(body: Buffer): { bytes: Buffer; starts: Uint32Array; ends: Uint32Array } {
  const bytes = Buffer.alloc(body.length);
  const starts = new Uint32Array(body.length);
  const ends = new Uint32Array(body.length);
  let length = 0;
  for (let at = 0; at < body.length;) {
    const end = body[at] === 0x3d ? escapeEnd(body, at) : at + 1;
    if (body[end - 1] !== 0x0a || end === at + 1) {
      bytes[length] = end === at + 3 ? Number.parseInt(body.toString('latin1', at + 1, end), 16) : body[at];
      starts[length] = at;
      ends[length] = end;
      length++;
    }
    at = end;
  }
  return { bytes: bytes.subarray(0, length), starts, ends };
}

const HEX = /^[0-9a-f]{2}$/i;

/** `=XX`, a soft line break with or without blanks before it, or an `=` that stands for itself. */
function escapeEnd(body: Buffer, at: number): number {
  if (HEX.test(body.toString('latin1', at + 1, at + 3))) return at + 3;
  let end = at + 1;
  while (body[end] === 0x20 || body[end] === 0x09) end++;
  if (body[end] === 0x0d) end++;
  return body[end] === 0x0a ? end + 1 : at + 1;
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
