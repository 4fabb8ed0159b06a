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
});
