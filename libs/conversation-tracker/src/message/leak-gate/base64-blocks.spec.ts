import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64Blocks } from './base64-blocks.js';

/** Line by line, by the expressions that say what such a line is and where one may begin. */
function plainly(text: string): string[] {
  const line = /[A-Za-z0-9+/]{2,76}={0,2}\r?\n/y;
  const lineBreak = /[\n\r\u2028\u2029]/g;
  const blocks: string[] = [];
  let from: number | undefined;
  for (let at = 0; at < text.length;) {
    line.lastIndex = at;
    if (line.test(text)) {
      from ??= at;
      at = line.lastIndex;
      continue;
    }
    if (from !== undefined) blocks.push(text.slice(from, at));
    from = undefined;
    lineBreak.lastIndex = at;
    at = lineBreak.test(text) ? lineBreak.lastIndex : text.length;
  }
  return from === undefined ? blocks : [...blocks, text.slice(from)];
}

describe('lines that may be base64', () => {
  it('R37 are found behind any sort of line break, and no others', () => {
    const word = fc.constantFrom('Q', 'QQ', 'QUJD', 'QUI=', 'QQ==', '===', 'a b', '-', 'é', 'ß'.repeat(80));
    const long = fc.integer({ min: 70, max: 80 }).map((length) => 'Q'.repeat(length));
    const lineBreak = fc.constantFrom('\r\n', '\n', '\r', '\r\r\n', '\u2028', '\u2029', '\u2028\n', '');
    const text = fc
      .array(fc.tuple(fc.oneof(word, long), lineBreak), { maxLength: 12 })
      .map((lines) => lines.flat().join(''));
    const property = fc.property(text, (one) => {
      expect([...base64Blocks(one)]).toEqual(plainly(one));
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});
