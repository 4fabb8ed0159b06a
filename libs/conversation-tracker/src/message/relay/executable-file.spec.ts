import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { message, multipart } from '../../../../../test/support/relay-messages.js';
import { isRefused, splitMessage } from '../mime/split-message.js';
import { isExecutableFile } from './executable-file.js';
import { namesInZip } from './zip-names.js';

function runs(raw: Buffer): boolean {
  const tree = splitMessage(raw);
  if (isRefused(tree)) throw new Error(tree.refused);
  return isExecutableFile(raw, tree.root);
}
const file = (name: string, content: Buffer | string = 'x', type = 'application/octet-stream'): Buffer =>
  multipart('mixed', [
    'Content-Type: text/plain\n\nHi',
    `Content-Type: ${type}\nContent-Disposition: attachment; filename="${name}"\nContent-Transfer-Encoding: base64\n\n` +
      Buffer.from(content).toString('base64'),
  ]);

/** As APPNOTE.TXT has it, with the files empty. */
function zip(...names: string[]): Buffer {
  const local = names.map((name) => Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(26), Buffer.from(name)]));
  const entries = names.map((name) => {
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02', 'latin1');
    entry.writeUInt16LE(name.length, 28);
    return Buffer.concat([entry, Buffer.from(name)]);
  });
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt32LE(directory.length, 12);
  return Buffer.concat([...local, directory, end]);
}

describe('a file that would run', () => {
  it.each([
    ['a name', file('invoice.pdf.exe')],
    ['a name in capitals, with blanks and a full stop behind it', file('invoice.SCR . ')],
    ['a name that looks turned round', file('invoice\u202efdp.js')],
    ['a type', file('invoice', 'x', 'application/x-msdownload')],
    [
      'its first octets, whatever it is called',
      file('photo.jpg', Buffer.from('4d5a90000300000004', 'hex'), 'image/jpeg'),
    ],
    ['its first octets as a Unix program', file('a', Buffer.from('\x7fELF\x02', 'latin1'))],
    ['its first line', file('readme', '#!/bin/sh\nrm -rf ~')],
    ['a name in an archive', file('files.zip', zip('notes.txt', 'a/invoice.js'), 'application/zip')],
    [
      'a name in an archive behind something else',
      file('x.dat', Buffer.concat([zip('b.lnk'), Buffer.alloc(30)]).subarray(0, -30)),
    ],
    ['a file of a message in it', multipart('mixed', [`Content-Type: message/rfc822\n\n${file('a.bat').toString()}`])],
    [
      'a file of a message in it that is encoded as a whole',
      file('mail.eml', file('a.vbs').toString(), 'message/rfc822'),
    ],
  ])('is told by %s', (_, raw) => expect(runs(raw)).toBe(true));

  it.each([
    ['an invoice', file('invoice.pdf', '%PDF-1.7', 'application/pdf')],
    ['a text that begins like a program', file('MZ.txt', 'MZ is short for Mark Zbikowski, who … ', 'text/plain')],
    ['a document, which is an archive', file('a.docx', zip('[Content_Types].xml', 'word/document.xml'))],
    ['a domain as a name', file('www.example.com.pdf')],
    ['a message in it', file('mail.eml', message([], 'Hello').toString(), 'message/rfc822')],
    ['a message without files', message([], 'See https://shop.example/setup.exe')],
  ])('is not %s', (_, raw) => expect(runs(raw)).toBe(false));

  it('is looked for in whatever an archive says of itself', () => {
    const whole = zip('a.txt', 'b.exe');
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, octet) => {
        const broken = Buffer.from(whole);
        broken[at] = octet;
        expect(namesInZip(broken).length).toBeLessThan(5);
        expect(namesInZip(whole.subarray(at)).length).toBeLessThan(5);
      }),
      { numRuns: 200 },
    );
  });
});
