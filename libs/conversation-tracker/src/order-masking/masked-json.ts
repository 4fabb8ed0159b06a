/** One character of another script slows the writing of a whole text down: of this many at a time, most pieces have none. */
const AT_A_TIME = 512;

/** A masked JSON text, in pieces: joining them first takes as long as masking an order. */
export class MaskedJson {
  constructor(private readonly pieces: readonly string[]) {}

  toString(): string {
    return this.pieces.length === 1 ? this.pieces[0] : this.pieces.join('');
  }

  /** The bytes of {@link toString} in UTF-8. */
  toBuffer(): Buffer {
    const { pieces } = this;
    // Half of a character that takes two code units would become a replacement character.
    if (pieces.some((piece) => isHalf(piece, piece.length))) return Buffer.from(this.toString());
    const bytes = Buffer.allocUnsafe(pieces.reduce((size, piece) => size + Buffer.byteLength(piece), 0));
    let written = 0;
    for (const piece of pieces) written += write(bytes, piece, written);
    return bytes;
  }
}

function write(bytes: Buffer, piece: string, at: number): number {
  if (piece.length <= AT_A_TIME) return bytes.write(piece, at);
  let written = 0;
  for (let start = 0; start < piece.length;) {
    const next = Math.min(start + AT_A_TIME, piece.length);
    const end = isHalf(piece, next) ? next - 1 : next;
    written += bytes.write(piece.slice(start, end), at + written);
    start = end;
  }
  return written;
}

/** Whether a high surrogate stands before `end`. */
function isHalf(text: string, end: number): boolean {
  return (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
}
