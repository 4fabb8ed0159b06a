const MAX_LENGTH = 500;
const MASK = '[address]';
/** More than a server's answer ever holds (RFC 5321 §4.5.3.1.5); keeps the search below from taking quadratic time. */
const MAX_INPUT = 4000;

const control = /\p{C}+/gu;
/** An `@` in every spelling in which servers and their help links show an address. */
const withAt = /[^\s<>()[\]"',;]*(?:[@\uFF20\uFE6B]|%40|=40|&#0*64;|&#x0*40;|&commat;)[^\s<>()[\]"',;]*/giu;
/** What may be an encoded address: servers put one into the links and references of their answers. */
const encoded = /[A-Za-z0-9+/_-]{12,}={0,2}/g;
const address = /[\w.+-]+@[\w-]+\.\w/;

/**
 * What the next server said, as it may stand in a row, an event or the timeline (R27, R45): without any address, and
 * without the parts of the recipient's own, which servers also show alone ("user ana.lopez unknown") or rewritten
 * ("ana.lopez=shop.example"). One line of at most 500 characters.
 */
export function maskDiagnostic(text: string, recipient: string): string {
  const at = recipient.lastIndexOf('@');
  const parts = [recipient.slice(0, at), recipient.slice(at + 1)].filter((part) => part.length > 1);
  // A word cut in two may be an address that no longer looks like one.
  const whole = text.length > MAX_INPUT ? text.slice(0, MAX_INPUT).replace(/\S*$/, '') : text;
  const masked = parts.reduce(
    (rest, part) => rest.replace(wholeWord(part), MASK),
    whole
      .replace(control, ' ')
      .replace(withAt, MASK)
      .replace(encoded, (run) => (hidesAddress(run, parts) ? MASK : run)),
  );
  return masked.replace(/ +/g, ' ').trim().slice(0, MAX_LENGTH);
}

/** In base64, beginning at any character since what stands before it may look like a part of it, or in hexadecimal. */
function hidesAddress(run: string, parts: readonly string[]): boolean {
  const hexadecimal = run.match(/[0-9a-f]{12,}/gi) ?? [];
  const readings = [0, 1, 2, 3].flatMap((start) => [
    Buffer.from(run.slice(start), 'base64'),
    ...hexadecimal.map((digits) => Buffer.from(digits.slice(start), 'hex')),
  ]);
  // Two letters stand in any noise.
  const words = parts.filter((part) => part.length > 3).map(wholeWord);
  return readings.some((bytes) => [address, ...words].some((one) => bytes.toString('latin1').search(one) !== -1));
}

function wholeWord(part: string): RegExp {
  const escaped = part.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\p{L}\p{N}])${escaped}(?![\p{L}\p{N}])`, 'giu');
}
