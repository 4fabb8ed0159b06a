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

  it.each(['base64', 'base64url', 'hex'] as const)('R27 sees an address in %s, wherever it begins', (encoding) => {
    for (const said of [recipient, `x ${recipient}`, `to=<${recipient}>, ok`, 'other@else.example', 'user ana.lopez']) {
      const encoded = Buffer.from(said).toString(encoding);
      for (const before of ['', 'id=', 'ref-', 'a/']) {
        expect(maskDiagnostic(`550 no (${before}${encoded}) here`, recipient)).toMatch(
          /^550 no \((id=)?\[address\]=*\) here$/,
        );
      }
    }
    const session = '451 4.3.0 try later 5f3a9c0b7d21e4886a51c2f09d3be771 [AMS-Transport-Unavailable-Configuration]';
    expect(maskDiagnostic(session, recipient)).toBe(session);
  });

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
