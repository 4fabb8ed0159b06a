import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attachmentDisposition, cleanFileName } from './file-name.js';

describe('the name of a file', () => {
  it.each([
    ['invoice 0042.pdf', 'invoice 0042.pdf'],
    ['Año/../../etc\\passwd', 'Año_.._.._etc_passwd'],
    ['a\r\nBcc: eve@x.example\0.pdf', 'a Bcc_ eve@x.example.pdf'],
    ['invoice\u202Efdp.exe', 'invoicefdp.exe'],
    ['...hidden', 'hidden'],
    [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(76)}.pdf`],
    ['CON: "1" <2>|?*', 'CON_ _1_ _2_'],
  ])('R40 %j is shown as %j', (written, shown) => expect(cleanFileName(written)).toBe(shown));

  it.each(['', ' ', '...', '\u200b', '\r\n'])('R40 of %j nothing is left', (name) => {
    expect(cleanFileName(name)).toBeUndefined();
  });

  it('R40 cleaned once is clean, and stays one header value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        const once = cleanFileName(name);
        if (once !== undefined) expect(cleanFileName(once)).toBe(once);
        expect(attachmentDisposition(name)).toMatch(
          /^attachment; filename="[\w .-]+"; filename\*=UTF-8''(?:[\w!#$&+.^`|~-]|%[0-9A-F]{2})+$/,
        );
      }),
    );
  });

  it('is offered in ASCII and as it is', () => {
    expect(attachmentDisposition("Año (1)'s.pdf")).toBe(
      `attachment; filename="A_o _1__s.pdf"; filename*=UTF-8''A%C3%B1o%20%281%29%27s.pdf`,
    );
  });
});
