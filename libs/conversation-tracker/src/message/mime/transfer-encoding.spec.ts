import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody, decodedPieces } from './transfer-encoding.js';

const letters = [
  'A',
  'b',
  '9',
  '+',
  '/',
  '-',
  '_',
  '=',
  '==',
  '\r\n',
  '\n',
  ' ',
  '\t',
  '*',
  '\u00a0',
  '=4',
  '=41',
  '=zz',
  '= \r\n',
];
const bodies = fc
  .array(fc.constantFrom(...letters), { maxLength: 60 })
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));

describe('a body that is decoded piece by piece', () => {
  it.each(['base64', 'quoted-printable', '8bit'])('R29 reads as the whole does, in %s', (encoding) => {
    fc.assert(
      fc.property(bodies, fc.integer({ min: 1, max: 30 }), (rest, length) => {
        const body = Buffer.concat([Buffer.from('TWFu\r\nTWFu'.repeat(length % 7)), rest]);
        const whole = decodeBody(body, encoding).bytes.toString('latin1');
        expect(Buffer.concat([...decodedPieces(body, encoding, length)]).toString('latin1')).toBe(whole);
      }),
      { numRuns: 3_000 },
    );
  });

  it('R29 reads as the whole does in base64 of even lines, whatever stands between them', () => {
    const even = fc
      .tuple(fc.constantFrom(4, 8, 60, 76, 7), fc.nat(12), fc.constantFrom('\r\n', '\n'))
      .map(([width, count, lineBreak]) => `${'QUJDZGVmZ2hpKy8x'.repeat(5).slice(0, width)}${lineBreak}`.repeat(count));
    const body = fc
      .array(fc.oneof(even, even, fc.constantFrom(...letters)), { maxLength: 6 })
      .map((parts) => Buffer.from(parts.join(''), 'latin1'));
    const property = fc.property(body, fc.integer({ min: 1, max: 400 }), (octets, length) => {
      const whole = decodeBody(octets, 'base64').bytes.toString('latin1');
      expect(Buffer.concat([...decodedPieces(octets, 'base64', length)]).toString('latin1')).toBe(whole);
    });
    fc.assert(property, { numRuns: 3_000 });
  });
});
