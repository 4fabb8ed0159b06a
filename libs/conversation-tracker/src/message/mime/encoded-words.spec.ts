import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHeaderText, encodeHeaderText, encodePhrase } from './encoded-words.js';
import { parseMailboxes, writeMailbox } from './mailbox-list.js';

const octets = (text: string): string => Buffer.from(text).toString('latin1');

describe('header text', () => {
  it.each([
    ['=?utf-8?Q?Caf=C3=A9_?=\r\n =?utf-8?b?dG8gZ28=?=', 'Café to go'],
    ['=?utf-8?Q?Caf=C3?= =?utf-8?Q?=A9?=', 'Café'],
    ['=?iso-8859-1*fr?Q?Caf=E9?= bar', 'Café bar'],
    ['=?windows-1252?Q?=93Caf=E9=94?=', '“Café”'],
    ['=?iso-2022-jp?B?GyRCJCIbKEI=?=', 'あ'],
    ['=?nobody-knows?Q?Caf=E9?=', 'Café'],
    [octets('Café'), 'Café'],
    ['Caf\xe9', 'Café'],
    ['a =? b ?= c', 'a =? b ?= c'],
  ])('R32 is decoded: %j', (written, shown) => expect(decodeHeaderText(written)).toBe(shown));

  it('R32 R40 is encoded so that it reads the same, on lines that are headers still', () => {
    const line = fc
      .string({ unit: 'binary', maxLength: 120 })
      .map((text) => text.replace(/[\p{Cs}\r\n\0]/gu, '').trim());
    fc.assert(
      fc.property(line, (text) => {
        for (const written of [encodeHeaderText(text), `${encodePhrase(text)} `]) {
          expect(written).not.toMatch(/[^\t\r\n -~]|\r\n(?! )/);
        }
        expect(decodeHeaderText(encodeHeaderText(text))).toBe(text);
      }),
    );
  });
});

describe('parseMailboxes', () => {
  it.each<[string, unknown[]]>([
    ['ana@x.example', [{ address: 'ana@x.example' }]],
    [
      '"Souza, Ana \\"A\\"" <ana@x.example>, b@y.example',
      [{ address: 'ana@x.example', name: 'Souza, Ana "A"' }, { address: 'b@y.example' }],
    ],
    ['ana@x.example (Ana)', [{ address: 'ana@x.example', name: 'Ana' }]],
    [
      'Us: a@x.example, B <b@x.example>;, c@x.example',
      [{ address: 'a@x.example' }, { address: 'b@x.example', name: 'B' }, { address: 'c@x.example' }],
    ],
    ['=?utf-8?Q?Jos=C3=A9?= <@r.example:jose@x.example>', [{ address: 'jose@x.example', name: 'José' }]],
    ['"ana souza"@x.example', [{ address: '"ana souza"@x.example' }]],
    ['undisclosed-recipients:;', []],
    ['"eve@z.example" <ana@x.example', [{ address: 'ana@x.example', name: 'eve@z.example' }]],
  ])('R31 reads %j', (written, mailboxes) => expect(parseMailboxes(written)).toEqual(mailboxes));

  it('R31 reads what it wrote, whatever the name', () => {
    const name = fc.string({ unit: 'binary', maxLength: 80 }).map((text) =>
      text
        .replace(/[\p{Cs}\r\n\0\t]/gu, '')
        .trim()
        .replace(/\s+/g, ' '),
    );
    fc.assert(
      fc.property(name, (name) => {
        const written = writeMailbox({ address: 'a@b.example', name });
        expect(parseMailboxes(written)).toEqual([{ address: 'a@b.example', ...(name === '' ? {} : { name }) }]);
      }),
    );
  });
});
