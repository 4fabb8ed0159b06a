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
  const fields: HeaderField[] = [];
  let at = start;
  while (at < end) {
    const next = lineEnd(raw, at, end);
    if (next - start > limits.headerBytes) return 'header-too-large';
    if (isEmptyLine(raw, at, next)) return { fields, bodyStart: next, junk: false };
    if (hasStrayControl(raw, at, next)) return { fields, bodyStart: at, junk: true };
    const last = fields.at(-1);
    // A fold, of which a header may have thousands, is told by its first octet.
    if (last && (raw[at] === SPACE || raw[at] === TAB)) {
      fields[fields.length - 1] = { ...last, end: next };
      at = next;
      continue;
    }
    const line = raw.toString('latin1', at, Math.min(next, at + 1100));
    const field = FIELD.exec(line);
    if (field) {
      if (fields.length === limits.headerFields) return 'too-many-fields';
      fields.push({ name: field[1].toLowerCase(), start: at, valueStart: at + field[0].length, end: next });
    } else if (at !== start || !AHEAD.test(line)) {
      return { fields, bodyStart: at, junk: true };
    }
    at = next;
  }
  return { fields, bodyStart: end, junk: false };
}

/** Where the next line begins. */
export function lineEnd(raw: Buffer, at: number, end: number): number {
  const lf = raw.indexOf(LF, at);
  return lf === -1 || lf >= end ? end : lf + 1;
}

function isEmptyLine(raw: Buffer, at: number, next: number): boolean {
  return raw[next - 1] === LF && (next - at === 1 || (next - at === 2 && raw[at] === CR));
}

/** A CR that ends no line, or a NUL: some readers break the line there (RFC 5322 §2.3). */
function hasStrayControl(raw: Buffer, at: number, next: number): boolean {
  const line = raw.subarray(at, next);
  if (line.includes(0)) return true;
  const cr = line.indexOf(CR);
  return cr !== -1 && !(cr === line.length - 2 && line[cr + 1] === LF);
}
