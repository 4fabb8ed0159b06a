import type { CharsetUnit } from './charset.js';

const ESC = 0x1b;

/**
 * Characters with their octets in the East Asian charsets, in which the second octet of a character may look like an ASCII
 * letter or an at sign.
 */
export function multibyteUnits(bytes: Buffer, name: string): CharsetUnit[] {
  const units: CharsetUnit[] = [];
  const decoder = new TextDecoder(name, { ignoreBOM: true });
  const known = new Map<string, string>();
  let escape: Buffer = Buffer.alloc(0);
  for (let at = 0; at < bytes.length;) {
    const escaped = name === 'iso-2022-jp' && bytes[at] === ESC;
    const length = escaped
      ? 3
      : name === 'iso-2022-jp'
        ? unitLength2022(bytes, at, escape)
        : unitLength(bytes, at, name);
    const end = Math.min(bytes.length, at + length);
    const octets = bytes.subarray(at, end);
    if (escaped) escape = octets;
    else units.push({ text: decodeUnit(octets), start: at, end });
    at = end;
  }
  return units;

  function decodeUnit(octets: Buffer): string {
    if (octets.length === 1 && octets[0] < 0x80 && escape.length === 0) return String.fromCharCode(octets[0]);
    const key = escape.toString('latin1') + octets.toString('latin1');
    const text = known.get(key) ?? decoder.decode(Buffer.from(key, 'latin1'));
    known.set(key, text);
    return text;
  }
}

function unitLength(bytes: Buffer, at: number, name: string): number {
  const lead = bytes[at];
  if (lead < 0x81) return 1;
  if (name === 'shift_jis' && lead >= 0xa1 && lead <= 0xdf) return 1;
  const next = bytes[at + 1];
  if (next === undefined) return 1;
  if (name === 'euc-jp') return next < 0xa1 ? 1 : lead === 0x8f ? 3 : 2;
  if ((name === 'gb18030' || name === 'gbk') && next >= 0x30 && next <= 0x39) return bytes[at + 2] >= 0x81 ? 4 : 1;
  // An octet that no character goes on with stands for itself, as WHATWG's decoders have it.
  return next < 0x40 ? 1 : 2;
}

/** ESC $ B and ESC $ @ begin characters of two octets, ESC ( B, ESC ( J and ESC ( I of one; a line ends in ASCII. */
function unitLength2022(bytes: Buffer, at: number, escape: Buffer): number {
  return escape[1] === 0x24 && bytes[at] > 0x20 ? 2 : 1;
}
