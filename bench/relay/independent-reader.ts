import { simpleParser, type AddressObject, type ParsedMail } from 'mailparser';
import type { PlantedOrder } from './planted-order.js';

/** Plain readings, so that what a mail says can be compared and searched. */
export const parserOptions = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
  keepCidLinks: true,
} as const;

const DEEPEST = 6;

/**
 * Real addresses of the order that a finished message shows, found by a decoder that shares nothing with the package:
 * mailparser's, and after it whatever a careless reader may decode. The recipient's own address in an attachment is none.
 */
export async function findAddresses(raw: Buffer, order: PlantedOrder): Promise<string[]> {
  const { text, attached } = await readingsOf(raw, 0);
  const found = new Set<string>();
  const decoded = decodedOverAndOver(text);
  const octets = decodedOverAndOver(raw.toString('latin1'));
  for (const address of order.aliases.keys()) {
    const readings = address === order.recipient ? decoded : [...decoded, ...octets];
    if (readings.some((reading) => shows(reading, address))) found.add(address);
    if (address !== order.recipient && shows(attached.toLowerCase(), address)) found.add(address);
  }
  return [...found];
}

async function readingsOf(raw: Buffer, depth: number): Promise<{ text: string; attached: string }> {
  const parsed = await simpleParser(raw, parserOptions).catch(() => undefined);
  if (!parsed) return { text: '', attached: '' };
  const texts = [headerText(parsed), parsed.text ?? '', parsed.html === false ? '' : parsed.html];
  const attached: string[] = [];
  for (const { filename, content, contentType } of parsed.attachments) {
    texts.push(filename ?? '');
    if (contentType === 'message/rfc822' && depth < DEEPEST) {
      const nested = await readingsOf(content, depth + 1);
      texts.push(nested.text);
      attached.push(nested.attached);
    } else if (/^text\/(?:calendar|vcard|x-vcard|directory)/.test(contentType)) texts.push(content.toString());
    else attached.push(content.toString('latin1'));
  }
  return { text: texts.join('\n'), attached: attached.join('\n') };
}

function headerText({ headerLines, subject, from, to, cc }: ParsedMail): string {
  const people = [from, to, cc].flat().filter((one): one is AddressObject => one !== undefined);
  return [...headerLines.map(({ line }) => line), subject ?? '', ...people.map(({ text }) => text)].join('\n');
}

function decodedOverAndOver(text: string): string[] {
  let texts = [text];
  const seen = new Set<string>();
  for (let round = 0; round < 2; round++) {
    texts = texts.flatMap((one) => [one, ...decodings(one)]).filter((one) => !seen.has(one));
    for (const one of texts) seen.add(one);
  }
  return [...seen].map((one) => one.toLowerCase());
}

function decodings(text: string): string[] {
  return [
    text
      .replace(/=\r?\n/g, '')
      .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    text.replace(/\r?\n[ \t]+/g, ''),
    text.replace(/<[^<>]*>/g, ''),
    text
      .replace(/&#(\d{1,5});?/g, (_, code: string) => String.fromCharCode(Number(code)))
      .replace(/&#x([0-9a-f]{1,4});?/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
      .replace(/&commat;/g, '@'),
    text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  ];
}

/** Neither a longer address of somebody else nor a Simple alias, which goes on behind it. */
function shows(reading: string, address: string): boolean {
  for (let at = reading.indexOf(address); at !== -1; at = reading.indexOf(address, at + 1)) {
    const isLonger = /[\p{L}\p{N}._%+-]$/u.test(reading.slice(Math.max(0, at - 2), at));
    const goesOn = /^(?:[\p{L}\p{N}]|[.-][\p{L}\p{N}])/u.test(
      reading.slice(at + address.length, at + address.length + 2),
    );
    if (!isLonger && !goesOn) return true;
  }
  return false;
}
