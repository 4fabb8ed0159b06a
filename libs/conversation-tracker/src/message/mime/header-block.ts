import type { HeaderField, MimeLimits, Refusal } from './message-tree.js';

/** The header fields of one entity. */
export interface HeaderBlock {
  readonly fields: readonly HeaderField[];
  readonly bodyStart: number;
  readonly junk: boolean;
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
/** RFC 5322 §2.2; blanks before the colon are obsolete syntax (§4.5). */
const FIELD = /^([!-9;-~]{1,998})[ \t]*:/;
/** What mbox puts before a message, once more quoted on each way through one, or a line of blanks; no reader takes it for a body. */
const AHEAD = /^(?:>*From |[ \t]+\r?\n$)/;

/** The header block that begins at `start`. The limits are those of the block; `end` is where the entity ends. */
export function readHeaderBlock(raw: Buffer, start: number, end: number, limits: MimeLimits): HeaderBlock | Refusal {
  const fields: Mutable<HeaderField>[] = [];
  const tooFar = Math.min(end, start + limits.headerBytes + 1);
  let last: Mutable<HeaderField> | undefined;
  let at = start;
  while (at < end) {
    // Octet by octet: a header of short folds has tens of thousands of lines, and each of them would cost a few calls.
    let next = at;
    let hasStrayControl = false;
    for (let octet = 0; octet !== LF && next < tooFar; next++) {
      octet = raw[next];
      hasStrayControl ||= octet === 0 || (octet === CR && (next + 1 === end || raw[next + 1] !== LF));
    }
    if (next - start > limits.headerBytes) return 'header-too-large';
    if (isEmptyLine(raw, at, next)) return { fields, bodyStart: next, junk: false };
    // A CR that ends no line, or a NUL: some readers break the line there (RFC 5322 §2.3).
    if (hasStrayControl) return { fields, bodyStart: at, junk: true };
    // A fold, of which a header may have thousands, is told by its first octet.
    if (last && (raw[at] === SPACE || raw[at] === TAB)) {
      last.end = at = next;
      continue;
    }
    const line = raw.toString('latin1', at, Math.min(next, at + 1100));
    const field = FIELD.exec(line);
    if (field) {
      if (fields.length === limits.headerFields) return 'too-many-fields';
      last = { name: field[1].toLowerCase(), start: at, valueStart: at + field[0].length, end: next };
      fields.push(last);
    } else if (at !== start || !AHEAD.test(line)) {
      return { fields, bodyStart: at, junk: true };
    }
    at = next;
  }
  return { fields, bodyStart: end, junk: false };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Where the next line begins. */
export function lineEnd(raw: Buffer, at: number, end: number): number {
  const lf = raw.indexOf(LF, at);
  return lf === -1 || lf >= end ? end : lf + 1;
}

function isEmptyLine(raw: Buffer, at: number, next: number): boolean {
  return raw[next - 1] === LF && (next - at === 1 || (next - at === 2 && raw[at] === CR));
}
