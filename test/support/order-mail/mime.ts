/** A MIME entity: its header lines, without a line break at their ends, and the octets of its body. */
export interface Entity {
  headers: readonly string[];
  body: Buffer;
}

export type Encoding = '7bit' | '8bit' | 'quoted-printable' | 'base64';

/** Lines with CRLF at each end. */
export const lines = (...content: readonly string[]): string => content.map((line) => `${line}\r\n`).join('');

const CRLF = Buffer.from('\r\n');

/** @param type with its parameters, as `text/plain; charset=utf-8` */
export function leaf(
  type: string,
  content: Buffer | string,
  encoding: Encoding = '8bit',
  ...headers: string[]
): Entity {
  const bytes = Buffer.from(content as string);
  const encoded = { base64, 'quoted-printable': quotedPrintable, '7bit': verbatim, '8bit': verbatim }[encoding](bytes);
  return { headers: [`Content-Type: ${type}`, `Content-Transfer-Encoding: ${encoding}`, ...headers], body: encoded };
}

/** A file, in base64. */
export const attachment = (type: string, name: string, content: Buffer | string): Entity =>
  leaf(`${type}; name="${name}"`, content, 'base64', `Content-Disposition: attachment; filename="${name}"`);

export function multipart(subtype: string, parts: readonly Entity[], parameters = ''): Entity {
  const boundary = `=_${subtype}_${parts.length}_${(boundaries += 1)}`;
  const pieces = parts.flatMap((part) => [Buffer.from(`--${boundary}\r\n`), write(part), CRLF]);
  return {
    headers: [`Content-Type: multipart/${subtype}; boundary="${boundary}"${parameters}`],
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

export const alternative = (...parts: Entity[]): Entity => multipart('alternative', parts);
export const mixed = (...parts: Entity[]): Entity => multipart('mixed', parts);

export function write({ headers, body }: Entity): Buffer {
  return Buffer.concat([Buffer.from(lines(...headers)), CRLF, body]);
}

/** RFC 2047, in words of at most 75 characters that break between characters. */
export function encodedWords(text: string): string {
  const words = [''];
  for (const character of text) {
    if (Buffer.byteLength(words.at(-1) + character) > 42) words.push('');
    words[words.length - 1] += character;
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ');
}

let boundaries = 0;
const verbatim = (bytes: Buffer): Buffer => bytes;

function base64(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('base64').replace(/.{1,76}/g, '$&\r\n'));
}

/** Octet by octet as RFC 2045 §6.7 has it, line breaks kept. */
function quotedPrintable(bytes: Buffer): Buffer {
  const encoded = bytes
    .toString('latin1')
    .split('\r\n')
    .map((line) =>
      line
        .replace(/[^ -<>-~]/g, (octet) => `=${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
        .replace(/ $/, '=20')
        .replace(/(?:[^=]|=..){1,70}(?=.)/g, '$&=\r\n'),
    );
  return Buffer.from(encoded.join('\r\n'), 'latin1');
}
