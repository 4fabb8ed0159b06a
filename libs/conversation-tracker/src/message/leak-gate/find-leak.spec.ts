import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findsLeak, findsLeakInPieces, type LeakRules } from './find-leak.js';
import { protectedAddresses } from './protected-addresses.js';
import { isInPieces } from './readings.js';
import { skeletonOf } from './skeleton.js';

const address = 'juan.valdez@shop.example';
const rules = { protect: [address], allowed: [] as string[], trackerDomains: ['ct.example.com'] };
const message = (body: string): Buffer =>
  Buffer.from(`From: <a@ct.example.com>\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n${body}\r\n`);
const passes = (raw: Buffer, more: Partial<LeakRules> = {}): boolean => !findsLeak(raw, { ...rules, ...more });
const base64 = (text: string): string => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\r\n');

describe('the last gate', () => {
  it.each([
    ['plain', `Write to ${address}.`],
    ['in capitals', 'Write to JUAN.Valdez@Shop.Example'],
    ['as a link', `<a href="mailto:${address}">`],
    ['as a parameter', 'https://x.example/?to=juan.valdez%40shop.example&x'],
    ['encoded twice', 'https://x.example/?to=juan.valdez%2540shop.example'],
    ['in character references', 'juan.valdez&#64;shop&period;example'],
    ['in split tags', 'juan.valdez<b>@</b><span>shop.example</span>'],
    ['with something invisible in it', 'juan.valdez\u200B@shop.\u00ADexample'],
    ['in full-width letters', 'juan.valdez\uFF20shop.example'],
    ['in quoted-printable', 'juan=2Evaldez=40shop.example'],
    ['over a soft line break', 'juan.valdez@sh=\r\nop.example'],
    ['in base64', base64(`${'words '.repeat(40)}${address} and more`)],
    ['with a full stop and no blank behind it', `${address}.Thanks`],
    ['behind a tag of its own', `other+${address}`],
  ])('R37 finds an address %s', (_, body) => expect(passes(message(body))).toBe(false));

  it.each([
    ['a header', `Subject: ${address}`],
    ['a folded header', 'Subject: juan.valdez@shop.\r\n example'],
    ['an encoded header', `Subject: =?UTF-8?B?${Buffer.from(address).toString('base64')}?=`],
    ['two encoded words', 'Subject: =?utf-8?Q?juan.valdez=40?=\r\n =?utf-8?Q?shop.example?='],
  ])('R37 finds an address in %s', (_, header) => expect(passes(Buffer.from(`${header}\r\n\r\nx`))).toBe(false));

  it('R37 finds a non-ASCII domain in both of its spellings', () => {
    const protect = ['ana@bücher.example'];
    expect(passes(message('ana@b=C3=BCcher.example'), { protect })).toBe(false);
    expect(passes(message('ana@xn--bcher-kva.example'), { protect })).toBe(false);
    expect(passes(message('ana@bucher.example'), { protect })).toBe(true);
  });

  it.each([
    ['a Simple alias, which contains the address', 'juan.valdez@shop.example-207700027841b.ct.example.com'],
    ['another address that ends the same', `no${address}`],
    ['another address that begins the same', `${address}s`],
    ['the name alone', 'Juan Valdez, juan.valdez, shop.example'],
  ])('R34 lets %s pass', (_, body) => expect(passes(message(body))).toBe(true));

  it.each([
    ['quoted-printable', `${address}-2077000=\r\n27841b.ct.example.com`],
    ['quoted-printable', `${address}=\r\n-207700027841b.ct.example.com`],
    ['8bit', `${address}\r\n -207700027841b.ct.example.com`],
  ])('R34 R48 lets a Simple alias pass over which a line was broken, in %s', (encoding, body) => {
    const head = `Content-Type: text/calendar\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`;
    expect(passes(Buffer.from(`${head}${body}\r\n`))).toBe(true);
    expect(passes(Buffer.from(`${head}${body.replaceAll('ct.example', 'ct2.example')}\r\n`))).toBe(false);
  });

  it.each([
    ['a soft line break', `${address}=\r\nmore`],
    ['a soft line break and a word', `${address}=\r\n-and.more`],
    ['a line of its own', `${address}\r\n-207700027841b.ct.example.com`],
  ])('R37 finds an address before %s', (_, body) => expect(passes(message(body))).toBe(false));

  it('R34 lets pass what the store publishes, and nothing that only begins like it', () => {
    const more = { allowed: ['Juan.Valdez@shop.example'] };
    expect(passes(message(`Write to ${address}.`), more)).toBe(true);
    const both = { protect: [address, 'eve@shop.example'], allowed: [address] };
    expect(passes(message(`${address} eve@shop.example`), both)).toBe(false);
    expect(passes(message(`${address}.br`), { allowed: [`${address}.br`] })).toBe(true);
  });

  it('minds addresses alone, not a broken one that may be a name', () => {
    expect(passes(message('Hi Juan'), { protect: ['juan', ''] })).toBe(true);
    expect(passes(message('Hi juan@localhost'), { protect: ['juan@localhost'] })).toBe(false);
  });

  it('does not take long for a large body without blanks', () => {
    expect(passes(message(`${'a'.repeat(500_000)} a@b.example`))).toBe(true);
    expect(passes(message('=?'.repeat(200_000) + 'a@b.example'))).toBe(true);
  });

  it('R37 looks into megabytes of base64, of lines and of nothing', () => {
    const lines = Buffer.alloc(6_000_000, 'words ').toString('base64').replace(/.{76}/g, '$&\r\n');
    expect(passes(Buffer.from(`Content-Transfer-Encoding: base64\r\n\r\n${lines}`))).toBe(true);
    expect(passes(Buffer.from(`x\r\n\r\n${lines}\r\n${base64(address)}\r\n`))).toBe(false);
    expect(passes(Buffer.from(`x\r\n\r\n${'\r\n'.repeat(500_000)}`))).toBe(true);
  });

  const inside = `Subject: x\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(address)}\r\n`;
  const attached = (head: string, body: string): Buffer =>
    Buffer.from(
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHi\r\n--b\r\n${head}\r\n\r\n${body}\r\n--b--\r\n`,
      'latin1',
    );

  it.each([
    [
      'a nested message that is encoded as a whole',
      'Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64',
    ],
    [
      'a message attached as a file',
      'Content-Type: application/octet-stream; name="x.EML"\r\nContent-Transfer-Encoding: base64',
    ],
    [
      'a message attached under a name of the disposition',
      "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename*=utf-8''x%2Eeml",
    ],
  ])('R37 looks into %s', (_, head) => {
    expect(passes(attached(head, base64(inside)))).toBe(false);
    const again = `Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(inside)}`;
    expect(passes(attached(head, base64(again)))).toBe(false);
  });

  it.each([
    ['a calendar', 'x.ics', `ATTENDEE:mailto:juan.val\r\n dez@shop.example\r\n`],
    ['a card', 'x.vcf', `EMAIL:juan.val\r\n dez@shop.example\r\n`],
    ['text in UTF-16', 'x.txt', Buffer.from(`\ufeffa ${address}`, 'utf16le')],
    ['text in UTF-16 without a mark', 'x.csv', Buffer.from(`some;${address}`, 'utf16le').swap16()],
    ['HTML', 'x.html', 'juan.valdez<b>@</b>shop.example'],
  ])('R37 looks into %s that is attached as octets of no type', (_, name, content) => {
    const head = `Content-Type: application/octet-stream; name=${name}\r\nContent-Transfer-Encoding: base64`;
    expect(passes(attached(head, Buffer.from(content).toString('base64')))).toBe(false);
  });

  it('R37 looks into text that is uuencoded', () => {
    // `begin`, one line of 30 octets, `end`, as POSIX has it.
    const line = Buffer.from(`Write to ${address}`.padEnd(36)).subarray(0, 36);
    const encoded =
      String.fromCharCode(32 + 36) +
      Array.from({ length: 12 }, (_, i) => {
        const [a, b, c] = line.subarray(i * 3, i * 3 + 3);
        const bits = (a << 16) | (b << 8) | c;
        return [18, 12, 6, 0].map((shift) => String.fromCharCode(32 + ((bits >> shift) & 63) || 96)).join('');
      }).join('');
    expect(passes(message(`begin 644 x.txt\r\n${encoded}\r\n\`\r\nend\r\n`))).toBe(false);
  });

  it('R37 finds an address in a large text, however it is written and wherever the text is cut', () => {
    const lines = 'no address in here, only words and a = sign, and some more words.\r\n'.repeat(16_500);
    const disguises: ((text: string) => string)[] = [
      (text) => text,
      (text) => text.replace('@', '%40'),
      (text) => text.replace('@', '&#64;').replace('.', '&period;'),
      (text) => text.replace('@', '=40').replace('shop', 'sh=\r\nop'),
      (text) => text.replace('@', '\r\n @'),
      (text) => text.replace('@', '<b>@</b>'),
      (text) => text.replace('@', '\u200b\uff20'),
      (text) => `\r\n${base64(`some words and ${text} and some more`)}\r\n`,
    ];
    // Where a text of several pieces may be cut, and far from there.
    const near = [0, 1 << 16, 1 << 20].map((at) => fc.integer({ min: at, max: at + 5_000 }));
    const property = fc.property(fc.constantFrom(...disguises), fc.oneof(...near), (disguise, at) => {
      const start = lines.indexOf('\n', at) + 1;
      const text = (shown: string) => `${lines.slice(0, start)}Ask ${shown} now\r\n${lines.slice(start)}`;
      expect(passes(message(text(disguise(address))))).toBe(false);
    });
    fc.assert(property, { numRuns: 16 });
    expect(passes(message(lines))).toBe(true);
    expect(passes(message(`${lines}x${address}`))).toBe(true);
  });

  const noise = Buffer.alloc(400_000, 'no address in here, only words. ');
  const mail = (file: Buffer, { type = 'image/jpeg', text = 'Hi', boundary = 'b' } = {}): Buffer[] => [
    Buffer.from(`Subject: x\r\nContent-Type: multipart/mixed; boundary=${boundary}\r\n\r\n`),
    Buffer.from(`--${boundary}\r\n\r\n${text}\r\n`),
    Buffer.from(`--${boundary}\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n`),
    file,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ];
  const lines = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('base64').replace(/.{76}/g, '$&\r\n'));

  it('R37 finds the same in a message with a large file that is not put together', () => {
    const named = lines(Buffer.concat([noise, Buffer.from(` ${address} `), noise]));
    const inClear = Buffer.concat([lines(noise), Buffer.from(`\r\n${address}\r\n`)]);
    const inUtf16 = lines(
      Buffer.concat([Buffer.from(`\ufeff${address} `, 'utf16le'), Buffer.from(noise.toString(), 'utf16le')]),
    );
    const behindLines = Buffer.concat([Buffer.from('\r\n'.repeat(2_000)), inUtf16]);
    for (const [pieces, isLeft, leaks] of [
      [mail(lines(noise)), true, false],
      [mail(named), true, true],
      [mail(inClear), true, true],
      [mail(inUtf16), true, true],
      [mail(behindLines), true, true],
      [mail(lines(noise), { text: `Write to ${address}` }), true, true],
      [mail(named, { type: 'text/plain' }), false, true],
      [mail(named, { type: 'message/rfc822' }), false, true],
      // A line of the file that would end its part, were it another one's.
      [mail(Buffer.concat([lines(noise), Buffer.from(`\r\n--b\r\n\r\n${address}`)])), false, true],
      [mail(lines(noise)).toSpliced(4, 0, lines(noise)), false, false],
    ] as const) {
      expect(skeletonOf(pieces) !== undefined).toBe(isLeft);
      expect(findsLeak(Buffer.concat(pieces), rules)).toBe(leaks);
      expect(findsLeakInPieces(pieces, rules)).toBe(leaks);
    }
  });

  it('R37 finds an address in pieces wherever it is cut, and no other one', () => {
    const protect = protectedAddresses([address], { publicAddresses: [], trackerDomains: ['ct.example.com'] });
    const words = [
      address,
      `x.${address}`,
      `${address}.br`,
      `${address}-207700027841b.ct.example.com`,
      `Ask+${address}`,
    ];
    for (const word of words) {
      for (let at = 4_000; at < 4_400; at += 37) {
        const text = Buffer.concat([noise.subarray(0, at), Buffer.from(` ${word} `), noise.subarray(0, 10_000)]);
        const pieces = Array.from({ length: Math.ceil(text.length / 97) }, (_, n) =>
          text.subarray(n * 97, n * 97 + 97),
        );
        expect(isInPieces(pieces, protect), `${word} at ${at}`).toBe(protect.isIn(text.toString('latin1')));
      }
    }
  });
});
