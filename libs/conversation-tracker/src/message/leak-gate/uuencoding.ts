const BEGIN = /^begin(?:-base64)? [0-7]{3,4} [^\r\n]*\r?\n/gm;
/** A line of n octets begins with the character for n and has four characters for three octets. */
const LINE = /([!-M])([ -`]{2,84})\r?\n/y;

/** What stands uuencoded in a text (POSIX uuencode), as old programs attach files; linear in the text. */
export function* uudecoded(text: string): Generator<string> {
  for (const begin of text.matchAll(BEGIN)) {
    LINE.lastIndex = begin.index + begin[0].length;
    const lines: Buffer[] = [];
    for (let line = LINE.exec(text); line; line = LINE.exec(text)) {
      lines.push(decodeLine(line[2]).subarray(0, line[1].charCodeAt(0) - 0x20));
    }
    if (lines.length > 0) yield Buffer.concat(lines).toString('utf8');
  }
}

function decodeLine(characters: string): Buffer {
  const bytes: number[] = [];
  for (let at = 0; at < characters.length; at += 4) {
    const bits = [0, 1, 2, 3].reduce((sum, i) => (sum << 6) | ((characters.charCodeAt(at + i) - 0x20) & 63 || 0), 0);
    bytes.push((bits >> 16) & 255, (bits >> 8) & 255, bits & 255);
  }
  return Buffer.from(bytes);
}
