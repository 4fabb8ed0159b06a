import { decodeCharset } from '../mime/charset.js';
import type { MimeEntity } from '../mime/message-tree.js';
import { apparentType } from '../mime/text-kind.js';
import { markup } from '../mime/text-layers.js';
import { unfold } from '../order-text/unfold.js';
import type { ProtectedAddresses } from './protected-addresses.js';

/** A long text is read in pieces that overlap by more than an address and its disguise. */
const pieceLength = 1 << 20;
const overlap = 1 << 12;

/** True where the octets of a decoded leaf show one of the addresses in any reading. */
export function isInBytes(
  bytes: Buffer,
  entity: Pick<MimeEntity, 'type' | 'parameters' | 'fileName'>,
  protect: ProtectedAddresses,
): boolean {
  if (protect.addresses.length === 0 || bytes.length === 0) return false;
  const charset = entity.parameters.get('charset')?.text ?? utf16Of(bytes);
  const isText = /^(?:text|message|multipart)\/|xml|json|html|ics|javascript/.test(apparentType(entity));
  if (isText || charset !== undefined) return isInText(decodeCharset(bytes, charset), protect);
  return protect.isIn(bytes.toString('latin1'));
}

/** Files say by a mark or by nothing that they are UTF-16: every other octet of plain text is a NUL then. */
function utf16Of(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const start = bytes.subarray(0, 64);
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
      const compatible = reading.normalize('NFKC');
      if (compatible !== reading && protect.isIn(compatible)) return true;
    }
  }
  return false;
}

function* readings(text: string): Generator<string> {
  yield text;
  if (/\n[ \t]/.test(text)) yield text.replace(/\r?\n[ \t]/g, '');
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
