import { decodeCharset } from '../mime/charset.js';
import type { MimeEntity } from '../mime/message-tree.js';
import { apparentType } from '../mime/text-kind.js';
import { markup } from '../mime/text-layers.js';
import { unfold } from '../order-text/unfold.js';
import { decodeBody, decodedPieces, largeBody, piecesOf } from '../mime/transfer-encoding.js';
import type { ProtectedAddresses } from './protected-addresses.js';

/** A long text is read in pieces that overlap by more than an address and its disguise. */
const pieceLength = 1 << 20;
const overlap = 1 << 12;
/** More than what stands before an address makes another one of it. */
const before = 1 << 10;

/** True where the octets of a decoded leaf show one of the addresses in any reading. */
export function isInBytes(
  bytes: Buffer,
  entity: Pick<MimeEntity, 'type' | 'parameters' | 'fileName'>,
  protect: ProtectedAddresses,
): boolean {
  if (protect.addresses.length === 0 || bytes.length === 0) return false;
  const { isText, charset } = textIn(bytes, entity);
  if (isText) return isInText(decodeCharset(bytes, charset), protect);
  return protect.isIn(bytes.toString('latin1'));
}

/** The same for a leaf in its transfer encoding. A large one that is no text is never in memory as a whole. */
export function isInEncoded(
  body: Buffer,
  entity: Pick<MimeEntity, 'type' | 'parameters' | 'fileName' | 'encoding'>,
  protect: ProtectedAddresses,
): boolean {
  if (protect.addresses.length === 0 || body.length === 0) return false;
  const isSmall = body.length < largeBody;
  if (isSmall || textIn(headOf(body, entity.encoding), entity).isText) {
    return isInBytes(decodeBody(body, entity.encoding).bytes, entity, protect);
  }
  return isInPieces(decodedPieces(body, entity.encoding), protect);
}

/** True where octets that come in pieces show one of the addresses as they are. */
export function isInOctets(octets: Buffer, protect: ProtectedAddresses): boolean {
  return isInPieces(piecesOf(octets), protect);
}

/** The same, a piece at a time: each address is looked for with all that may stand before and behind it. */
export function isInPieces(pieces: Iterable<Buffer>, protect: ProtectedAddresses): boolean {
  let text = '';
  // Up to here no address begins that was not looked for.
  let done = 0;
  const finds = (end: number) => protect.find(text).some(({ start }) => start >= done && start < end);
  for (const piece of pieces) {
    text += piece.toString('latin1');
    const end = text.length - overlap;
    if (end - done < overlap) continue;
    if (finds(end)) return true;
    const kept = Math.max(0, end - before);
    text = text.slice(kept);
    done = end - kept;
  }
  return finds(text.length);
}

/** So many octets tell what the rest is. */
const headLength = 64;

/** Whatever stands before them in the encoded body. */
function headOf(body: Buffer, encoding: string): Buffer {
  let head = Buffer.alloc(0);
  for (const piece of decodedPieces(body, encoding)) {
    head = Buffer.concat([head, piece.subarray(0, headLength)]);
    if (head.length >= headLength) break;
  }
  return head;
}

function textIn(bytes: Buffer, entity: Pick<MimeEntity, 'type' | 'parameters' | 'fileName'>) {
  const charset = entity.parameters.get('charset')?.text ?? utf16Of(bytes);
  const isText = /^(?:text|message|multipart)\/|xml|json|html|ics|javascript/.test(apparentType(entity));
  return { charset, isText: isText || charset !== undefined };
}

/** Files say by a mark or by nothing that they are UTF-16: every other octet of plain text is a NUL then. */
function utf16Of(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const start = bytes.subarray(0, headLength);
  const nuls = [0, 1].map((odd) => start.filter((octet, i) => i % 2 === odd && octet === 0).length);
  const [first, second] = nuls.map((count) => count > start.length / 4);
  if (first === second) return undefined;
  return first ? 'utf-16be' : 'utf-16le';
}

/** The same for text, in whatever way a reader's software decodes it; when in doubt it finds something. */
export function isInText(text: string, protect: ProtectedAddresses): boolean {
  for (let start = 0; start < Math.max(1, text.length); start += pieceLength) {
    for (const reading of readings(text.slice(start, start + pieceLength + overlap))) {
      if (protect.isIn(reading)) return true;
      // What is ASCII stays as it is in every normal form.
      if (Buffer.byteLength(reading) === reading.length) continue;
      const compatible = reading.normalize('NFKC');
      if (compatible !== reading && protect.isIn(compatible)) return true;
    }
  }
  return false;
}

/** True where a line begins with a blank. Two searches for a word are far faster than one for an expression. */
export function hasFolds(text: string): boolean {
  return text.includes('\n ') || text.includes('\n\t');
}

function* readings(text: string): Generator<string> {
  yield text;
  if (hasFolds(text)) yield text.replace(/\r?\n[ \t]/g, '');
  const unfolded = unfold(text)?.text;
  if (unfolded !== undefined) yield unfolded;
  if (!text.includes('<')) return;
  let bare = '';
  let copied = 0;
  for (const { start, end } of markup(text)) {
    bare += text.slice(copied, start);
    copied = end;
  }
  bare += text.slice(copied);
  yield unfold(bare)?.text ?? bare;
}
