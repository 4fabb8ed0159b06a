import fc from 'fast-check';
import { base64, quotedPrintable } from './relay-messages.js';

/** How an address may be written so that a reader, or the reader's software, still sees it. */
export const disguises: Readonly<Record<string, (address: string) => string>> = {
  'as it is': (address) => address,
  'in capitals': (address) => address.toUpperCase(),
  'as a link': (address) => `mailto:${address}?subject=x`,
  'in a source route': (address) => `<@relay.example:${address}>`,
  'with a tag': (address) => address.replace('@', '+news@'),
  quoted: (address) => address.replace(/^(.*)@/, '"$1"@'),
  'percent-encoded': (address) => address.replace('@', '%40'),
  'percent-encoded twice': (address) => address.replace('@', '%2540'),
  'percent-encoded throughout': (address) =>
    address.replace(/./g, (letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`),
  'with a decimal reference': (address) => address.replace('@', '&#64;'),
  'with a hexadecimal reference': (address) => address.replace('@', '&#x0040;'),
  'with a named reference': (address) => address.replace('@', '&commat;'),
  'in references throughout': (address) => address.replace(/./g, (letter) => `&#${letter.charCodeAt(0)};`),
  'with a reference in a reference': (address) => address.replace('@', '&amp;#64;'),
  'in full-width signs': (address) => address.replace('@', '＠').replace('.', '．'),
  'with a soft hyphen': (address) => address.replace('.', '\u00ad.'),
  'with a zero-width space': (address) => address.replace('@', '\u200b@\u200d'),
  'as VERP': (address) => `bounces-1-${address.replace('@', '=')}@news.example`,
  'as SRS': (address) => `SRS0=ab=cd=${address.split('@').toReversed().join('=')}@fwd.example`,
  'in JSON': (address) => `{"mail":"${address.replace('@', '\\u0040')}"}`,
  'behind a line break of JSON': (address) => `{"note":"x\\n${address}\\n"}`,
  'before a sentence': (address) => `${address}.Thanks`,
};

/** The same for HTML alone. */
export const htmlDisguises: Readonly<Record<string, (address: string) => string>> = {
  'in split tags': (address) => address.replace('@', '<b>@</b>'),
  'in nested tags': (address) => address.replace(/[.@]/g, '<span><i>$&</i></span>'),
  'around a comment': (address) => address.replace('@', '<!-- no > robots -->@'),
  'around a style': (address) => address.replace('@', '<wbr>@<wbr/>'),
  'in an attribute': (address) => `<input value='${address}' title="${address.replace('@', '&#64;')}">`,
  'in an image’s link': (address) => `<img src="https://x.example/o.gif?r=${encodeURIComponent(address)}&amp;x=1">`,
};

type Encoder = (text: Buffer) => string;

/** Quoted-printable with a soft break behind every seventh character. */
const softlyBroken: Encoder = (text) => {
  const encoded = text
    .toString('latin1')
    .replace(/[^ -<>-~\r\n]/g, (octet) => `=${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  return (encoded.match(/(?:=[0-9A-F]{2}|[^=\r\n]){1,7}|\r?\n/g) ?? [])
    .map((piece, i, pieces) => (/\n/.test(piece) || /^\r?\n/.test(pieces.at(i + 1) ?? '\n') ? piece : `${piece}=\n`))
    .join('');
};

/** Transfer encodings by the name in the header. */
export const encoders: readonly (readonly [string, Encoder])[] = [
  ['8bit', (text) => text.toString('latin1')],
  ['base64', base64],
  ['base64', (text) => text.toString('base64').replace(/.{4}/g, '$&\n')],
  ['BASE64', (text) => text.toString('base64')],
  ['quoted-printable', quotedPrintable],
  ['quoted-printable', softlyBroken],
  ['x-unknown', (text) => text.toString('latin1')],
];

function utf7(text: string): Buffer {
  const encode = (letters: string): string =>
    `+${Buffer.from(letters, 'utf16le').swap16().toString('base64').replace(/=+$/, '')}-`;
  return Buffer.from(text.replace(/[^A-Za-z0-9 .\r\n-]+/g, encode), 'latin1');
}

const big = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

/** Charsets that write any text, by the name in the header. */
export const charsets: readonly (readonly [string, (text: string) => Buffer])[] = [
  ['utf-8', (text) => Buffer.from(text)],
  ['UTF8', (text) => Buffer.from(text)],
  ['utf-16', (text) => big(`\ufeff${text}`)],
  ['utf-16be', big],
  ['utf-16le', (text) => Buffer.from(text, 'utf16le')],
  ['utf-7', utf7],
];

/** A leaf: header lines, an empty line, the body; one character for each octet. */
export function leaf(
  type: string,
  text: string,
  charset: number,
  encoder: number,
  more: readonly string[] = [],
): string {
  const [name, write] = charsets[charset % charsets.length];
  // UTF-16 without a transfer encoding has NULs in it, which no server takes (R2).
  const usable = name.startsWith('utf-16')
    ? encoders.filter(([encoding]) => /base64|printable/i.test(encoding))
    : encoders;
  const [encoding, encode] = usable[encoder % usable.length];
  const head = [`Content-Type: ${type}; charset=${name}`, `Content-Transfer-Encoding: ${encoding}`, ...more];
  return `${head.join('\n')}\n\n${encode(write(text.replace(/\r?\n/g, '\r\n')))}\n`;
}

/** A line of a calendar or a card, folded at any width (RFC 5545 §3.1). */
export function folded(line: string, width: number): string {
  return line.replace(new RegExp(`.{${width}}(?=.)`, 'gu'), '$&\r\n ');
}

export function invitation(address: string, width = 75): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    `ORGANIZER;CN="${address}":mailto:${address}`,
    `ATTENDEE;ROLE=REQ-PARTICIPANT;EMAIL=${address};X-NUM-GUESTS=0:MAILTO:${address.toUpperCase()}`,
    `UID:1-${address}`,
    String.raw`DESCRIPTION:Ask\n${address}\nor call\, please\;`,
    `X-ALT-DESC;FMTTYPE=text/html:<a href="mailto:${address}">${address.replace('@', '&#64;')}</a>`,
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return `${lines.map((line) => folded(line, width)).join('\r\n')}\r\n`;
}

export function card(address: string, width = 75): string {
  const lines = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    'FN:Somebody',
    `EMAIL;TYPE=INTERNET:${address}`,
    `item1.EMAIL:${address.toUpperCase()}`,
    `IMPP:xmpp:${address}`,
    `NOTE:Write to ${address}.Or call`,
    'END:VCARD',
  ];
  return `${lines.map((line) => folded(line, width)).join('\r\n')}\r\n`;
}

/** A disguised address with words around it. */
export const disguised = (address: string, isHtml: boolean): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...Object.values(disguises), ...(isHtml ? Object.values(htmlDisguises) : [])),
      fc.constantFrom(' ', '\n', '"', '(', '>', ',', ';', '/', 'á ', '名 ', '. '),
      fc.string({ unit: fc.constantFrom('a', 'é', ' ', '名', '\n', '.'), maxLength: 60 }),
    )
    .map(([disguise, glue, around]) => `${around}${glue}${disguise(address)} ${around}`);
