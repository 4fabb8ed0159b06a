import type { CharsetUnit } from './charset.js';

/** Text of UTF-7 (RFC 2152), which `TextDecoder` does not know and some old mail still is. */
export function decodeUtf7(bytes: Buffer): string {
  return utf7Units(bytes)
    .map(({ text }) => text)
    .join('');
}

/** Each plain octet is a unit, each shifted sequence another. */
export function utf7Units(bytes: Buffer): CharsetUnit[] {
  const octets = bytes.toString('latin1');
  const units: CharsetUnit[] = [];
  for (const match of octets.matchAll(/\+([A-Za-z0-9+/]*)-?|[^]/g)) {
    const [whole, shifted] = match;
    units.push({ text: unitText(whole, shifted), start: match.index, end: match.index + whole.length });
  }
  return units;
}

function unitText(whole: string, shifted: string | undefined): string {
  if (shifted === undefined) return whole;
  if (shifted === '') return '+';
  const utf16 = Buffer.from(shifted, 'base64');
  return utf16
    .subarray(0, utf16.length & ~1)
    .swap16()
    .toString('utf16le');
}
