/** R7. */
export const MAX_HEADER_BYTES = 256 * 1024;
const MAX_FIELDS = 1_000;
const MAX_RECEIVED = 100;
const FIELD = /^([!-9;-~]+)[ \t]*:/;

/** One header field as it came, its folding kept. */
export interface HeaderField {
  /** Lower case. */
  name: string;
  /** Name, colon and value, without the last CRLF; octets as latin1. */
  text: string;
}

/** A header block within the limits of R7, or what is wrong with it. */
export type HeaderBlock = { fields: readonly HeaderField[] } | { fault: string };

/** Reads the block up to its empty line. What is no field ends it, as mail programs see it. */
export function readHeaderBlock(bytes: Buffer): HeaderBlock {
  if (bytes.length > MAX_HEADER_BYTES) return { fault: 'The header is too big' };
  const fields: HeaderField[] = [];
  for (const line of bytes.toString('latin1').split('\r\n')) {
    const last = fields.at(-1);
    if (/^[ \t]/.test(line) && last) last.text += `\r\n${line}`;
    else {
      const name = FIELD.exec(line)?.[1];
      if (name === undefined) break;
      fields.push({ name: name.toLowerCase(), text: line });
      if (fields.length > MAX_FIELDS) return { fault: 'The header has too many fields' };
    }
  }
  const received = fields.filter(({ name }) => name === 'received');
  return received.length > MAX_RECEIVED ? { fault: 'The message has come a too long way' } : { fields };
}

/** The values of a field, unfolded (RFC 5322 §2.2.3), as UTF-8 (RFC 6532). */
export function fieldValues(fields: readonly HeaderField[], name: string): string[] {
  return fields
    .filter((field) => field.name === name)
    .map(({ text }) => {
      const value = text.slice(text.indexOf(':') + 1).replaceAll(/\r\n(?=[ \t])/g, '');
      return Buffer.from(value, 'latin1').toString().trim();
    });
}

/** Where the header block of a message ends, its empty line included; -1 where that is not in these octets. */
export function headerEnd(bytes: Buffer): number {
  if (bytes.subarray(0, 2).equals(Buffer.from('\r\n'))) return 2;
  const at = bytes.indexOf('\r\n\r\n');
  return at === -1 ? -1 : at + 4;
}
