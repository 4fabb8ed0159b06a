import { latin1AsUtf8 } from './latin1-as-utf8.js';

/** One character that is no ASCII slows the writing of a whole text down: of this many at a time, most pieces have none. */
const AT_A_TIME = 1_024;

/** A masked JSON text, in pieces: joining them first takes as long as masking an order. */
export class MaskedJson {
  constructor(private readonly pieces: readonly string[]) {}

  /** In characters. */
  get length(): number {
    let length = 0;
    for (const piece of this.pieces) length += piece.length;
    return length;
  }

  toString(): string {
    return this.pieces.length === 1 ? this.pieces[0] : this.pieces.join('');
  }

  /** The bytes of {@link toString} in UTF-8. */
  toBuffer(): Buffer {
    return latin1AsUtf8(this.pieces) ?? this.bytesOfAnyText();
  }

  private bytesOfAnyText(): Buffer {
    const { pieces } = this;
    const sizes: number[] = [];
    let size = 0;
    for (const piece of pieces) {
      // Half of a character that takes two code units would become a replacement character.
      if (isHalf(piece, piece.length)) return Buffer.from(this.toString());
      const bytes = Buffer.byteLength(piece);
      sizes.push(bytes);
      size += bytes;
    }
    const bytes = Buffer.allocUnsafe(size);
    let written = 0;
    for (let n = 0; n < pieces.length; n++) written += write(bytes, pieces[n], sizes[n], written);
    return bytes;
  }
}

function write(bytes: Buffer, piece: string, size: number, at: number): number {
  // ASCII alone: copied as it is.
  if (size === piece.length) return bytes.write(piece, at, 'latin1');
  if (piece.length <= AT_A_TIME) return bytes.write(piece, at);
  let written = 0;
  for (let start = 0; start < piece.length;) {
    const next = Math.min(start + AT_A_TIME, piece.length);
    const end = isHalf(piece, next) ? next - 1 : next;
    const part = piece.slice(start, end);
    written += write(bytes, part, Buffer.byteLength(part), at + written);
    start = end;
  }
  return written;
}

/** Whether a high surrogate stands before `end`. */
function isHalf(text: string, end: number): boolean {
  return (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
}
