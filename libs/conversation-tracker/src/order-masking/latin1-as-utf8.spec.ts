import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1AsUtf8 } from './latin1-as-utf8.js';

const unit = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('a', '"', '\u007f') },
  fc.constantFrom('\u0080', 'é', 'ÿ'),
);
/** Also of the lengths at which memory is shared no longer, or is widened before all is written. */
const latin1 = fc
  .tuple(fc.string({ unit, maxLength: 40 }), fc.constantFrom(0, 7, 100, 20_000, 40_000), fc.string({ unit }))
  .map(([before, count, after]) => before + 'x'.repeat(count) + after);
const beyond = fc.constantFrom('\u0100', '€', '\u01e9', '😀', '\ud83d', '\ude00');

describe('latin1AsUtf8', () => {
  it('gives what Buffer.from gives, and leaves what it gave before as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.array(latin1, { maxLength: 6 }), { maxLength: 8 }), (bodies) => {
        const given = bodies.map((texts) => ({ bytes: latin1AsUtf8(texts), text: texts.join('') }));
        for (const { bytes, text } of given) {
          // Undefined where more is no ASCII than there is room for.
          if (bytes) expect(bytes.equals(Buffer.from(text))).toBe(true);
          else expect(Buffer.byteLength(text)).toBeGreaterThan(text.length * 1.125);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a text with any other character, wherever it stands', () => {
    fc.assert(
      fc.property(latin1, beyond, latin1, (before, character, after) => {
        expect(latin1AsUtf8([before, before + character + after])).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });
});
