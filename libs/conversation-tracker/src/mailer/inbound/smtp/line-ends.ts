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
    let { afterCr } = this;
    // One look at each octet: a search for each of the three costs a call for each line, which is more.
    for (let at = 0; at < chunk.length; at++) {
      const octet = chunk[at];
      if (octet > CR && !afterCr) continue;
      if (octet === 0 || (octet === LF) !== afterCr) return false;
      afterCr = octet === CR;
    }
    this.afterCr = afterCr;
    return true;
  }
}
