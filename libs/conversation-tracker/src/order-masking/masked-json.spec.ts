import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MaskedJson } from './masked-json.js';

const unit = fc.oneof({ weight: 5, arbitrary: fc.constantFrom('a', '"') }, fc.string({ unit: 'binary', maxLength: 1 }));
const piece = fc.oneof(
  fc.string({ unit, maxLength: 30 }),
  fc.tuple(fc.string({ unit }), fc.nat(1200)).map(([text, n]) => text + 'x'.repeat(n) + text),
  fc.constantFrom('\ud83d', '\ude00', '\ud83d'.repeat(3)),
);

it('makes the bytes of the joined pieces', () => {
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const json = new MaskedJson(pieces);
      expect(json.toString()).toBe(pieces.join(''));
      expect(json.toBuffer().equals(Buffer.from(pieces.join('')))).toBe(true);
    }),
  );
});

it('cuts no character in two where it writes a long piece bit by bit', () => {
  for (let before = 1_010; before < 1_030; before++) {
    const text = `${'x'.repeat(before)}${'😀'.repeat(400)}é`;
    expect(new MaskedJson([text]).toBuffer().toString()).toBe(text);
  }
});
