/** Letters of a line (RFC 2045 §6.8); some write more than is allowed, nobody one alone. */
const longestLine = 76;
const shortestLine = 2;
const LETTERS = /[A-Za-z0-9+/]+/y;
const CR = 0x0d;
const PADDING = 0x3d;

/**
 * Neighbouring lines of a text that may be base64. By native searches from line to line: most are told by their length or
 * their first word, and one expression over all of them has no room for some megabytes.
 */
export function* base64Blocks(text: string): Generator<string> {
  // A line may also begin behind these, of which a line's end has the first.
  const others = ['\r', '\u2028', '\u2029'].map((sign) => ({ sign, at: -1 }));
  let from: number | undefined;
  let at = 0;
  for (let lf = text.indexOf('\n'); lf !== -1; lf = text.indexOf('\n', at)) {
    if (isBase64(text, at, lf)) {
      from ??= at;
      at = lf + 1;
      continue;
    }
    if (from !== undefined) yield text.slice(from, at);
    from = undefined;
    let end = lf;
    for (const other of others) {
      if (other.at < at) other.at = placeOf(text, other.sign, at);
      if (other.at < end) end = other.at;
    }
    at = (end === lf - 1 ? lf : end) + 1;
  }
  if (from !== undefined) yield text.slice(from, at);
}

/** Whether `[start, lf)` is letters, with padding and a CR behind them or not. */
function isBase64(text: string, start: number, lf: number): boolean {
  let end = lf;
  if (end > start && text.charCodeAt(end - 1) === CR) end--;
  for (let padding = 0; padding < 2 && end > start && text.charCodeAt(end - 1) === PADDING; padding++) end--;
  if (end - start < shortestLine || end - start > longestLine) return false;
  LETTERS.lastIndex = start;
  return LETTERS.test(text) && LETTERS.lastIndex === end;
}

function placeOf(text: string, sign: string, from: number): number {
  const at = text.indexOf(sign, from);
  return at === -1 ? text.length : at;
}
