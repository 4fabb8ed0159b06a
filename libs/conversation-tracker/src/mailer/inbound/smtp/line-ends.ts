const CR = 0x0d;
const LF = 0x0a;

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
    if (chunk.includes(0)) return false;
    if (this.afterCr && chunk.length > 0 && chunk[0] !== LF) return false;
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) {
      const before = at === 0 ? this.afterCr : chunk[at - 1] === CR;
      if (!before) return false;
    }
    for (let at = chunk.indexOf(CR); at !== -1 && at < chunk.length - 1; at = chunk.indexOf(CR, at + 1)) {
      if (chunk[at + 1] !== LF) return false;
    }
    if (chunk.length > 0) this.afterCr = chunk.at(-1) === CR;
    return true;
  }
}
