import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineEnds } from './line-ends.js';

const octets = fc
  .array(fc.constantFrom('\r', '\n', '\r\n', '.', 'a', '\0'), { maxLength: 12 })
  .map((parts) => parts.join(''));

function accepts(...pieces: string[]): boolean {
  const ends = new LineEnds();
  return pieces.every((piece) => ends.accept(Buffer.from(piece, 'latin1')));
}

describe('LineEnds', () => {
  it('R2 finds every bare CR, bare LF and NUL, wherever the octets are cut', () => {
    fc.assert(
      fc.property(octets, fc.nat(24), fc.nat(24), (text, a, b) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second), 'z'];
        const clean = !/\0|\r(?!\n)|(?<!\r)\n/.test(`${text}z`);
        expect(accepts(...pieces)).toBe(clean);
      }),
      { numRuns: 2_000 },
    );
  });

  it('R2 finds the same in long lines, wherever these stand in memory', () => {
    const long = fc.oneof(
      octets,
      fc.nat(200).map((length) => 'a'.repeat(length)),
      fc.nat(60).map((length) => `${'a'.repeat(length)}\r\n`),
    );
    const texts = fc.array(long, { maxLength: 12 }).map((parts) => parts.join(''));
    const property = fc.property(texts, fc.nat(400), fc.nat(3), (text, cut, shift) => {
      const ends = new LineEnds();
      const memory = Buffer.from(`${' '.repeat(shift)}${text}z`, 'latin1').subarray(shift);
      const clean = !/\0|\r(?!\n)|(?<!\r)\n/.test(`${text}z`);
      expect(ends.accept(memory.subarray(0, cut)) && ends.accept(memory.subarray(cut))).toBe(clean);
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});
