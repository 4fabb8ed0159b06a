import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskDiagnostic } from './diagnostic.js';

const recipient = 'ana.lopez@shop.example';

describe('the diagnostic of a delivery', () => {
  it.each([
    ['550 5.1.1 <ana.lopez@shop.example>: unknown', '550 5.1.1 <[address]>: unknown'],
    ['550 no mailbox Ana.Lopez here', '550 no mailbox [address] here'],
    ['452 quota of ana.lopez=shop.example', '452 quota of [address]=[address]'],
    ['550 see https://help.example/?to=ana%40other.example ok', '550 see [address] ok'],
    ['450 greylisted for "other@else.example"', '450 greylisted for "[address]"'],
    ['connect to mx.shop.example refused', 'connect to mx.[address] refused'],
    ['550 two\r\nlines\u0000', '550 two lines'],
  ])('R27 shows %j as %j', (said, shown) => expect(maskDiagnostic(said, recipient)).toBe(shown));

  it('R27 leaves a word that only begins like the recipient', () => {
    expect(maskDiagnostic('analysis failed', 'ana@x.example')).toBe('analysis failed');
  });

  it('R27 never shows the recipient, whatever stands around the address', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (before, after) => {
        const shown = maskDiagnostic(`${before}${recipient}${after}`, recipient);
        expect(shown.toLowerCase()).not.toContain(recipient);
        expect(shown.length).toBeLessThanOrEqual(500);
      }),
    );
  });
});
