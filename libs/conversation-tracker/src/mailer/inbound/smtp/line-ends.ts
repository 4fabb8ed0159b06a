const CR = 0x0d;
const LF = 0x0a;
/** From so many octets on a view of them costs less than it saves. */
const LONG = 64;

/**
 * Looks at the octets of a connection before anybody else does: a CR without LF, an LF without CR or a NUL makes two
 * servers see two different ends of a message (RFC 5321 §2.3.8; SMTP smuggling, CVE-2023-51764).
 */
export class LineEnds {
  private afterCr = false;

  /** Whether what came so far ends in a CR that is not yet a line's end. */
  get isHalf(): boolean {
    return this.afterCr;
  }

  /** @returns whether all lines up to here end in CRLF, and nothing else. */
  accept(chunk: Buffer): boolean {
    const { buffer, byteOffset, length } = chunk;
    if (length < LONG) return this.look(chunk, 0, length);
    // Four octets at a time, since nearly all of them are neither: a search for each of the three costs a call for each line.
    const first = (4 - (byteOffset & 3)) & 3;
    const words = new Uint32Array(buffer, byteOffset + first, (length - first) >> 2);
    if (!this.look(chunk, 0, first)) return false;
    for (let i = 0, at = first; i < words.length; i++, at += 4) {
      const word = words[i];
      // Zero where none of the four is less than SO (Anderson, Bit Twiddling Hacks, "hasless").
      const hasLess = (word - 0x0e0e0e0e) & ~word & 0x80808080;
      if ((hasLess !== 0 || this.afterCr) && !this.look(chunk, at, at + 4)) return false;
    }
    return this.look(chunk, first + words.length * 4, length);
  }

  private look(chunk: Buffer, start: number, end: number): boolean {
    let { afterCr } = this;
    for (let at = start; at < end; at++) {
      const octet = chunk[at];
      if (octet > CR && !afterCr) continue;
      if (octet === 0 || (octet === LF) !== afterCr) return false;
      afterCr = octet === CR;
    }
    this.afterCr = afterCr;
    return true;
  }
}
