import { isAscii } from '../../kernel/email-address.js';
import { parseParameterized, shownParameter } from './header-parameters.js';
import { scrubText, type Scrubber } from './scrub-text.js';

/**
 * Content-Type or Content-Disposition without protected addresses, file names above all (MAIL-RULES R34): RFC 2231 and
 * encoded words are decoded first. Undefined where there is none, so that the field can stay as it is.
 */
export function editParameters(
  octets: string,
  scrubber: Scrubber,
  lineBreak: string,
): { readonly value: string; readonly count: number } | undefined {
  const { value, parameters } = parseParameterized(octets);
  const ahead = scrubText(value, scrubber);
  let count = ahead.count;
  const written = [...parameters].map(([name, parameter]) => {
    const scrubbed = scrubText(shownParameter(parameter), scrubber);
    count += scrubbed.count;
    return scrubbed.count > 0 ? writeParameter(name, scrubbed.text) : writeParameter(name, parameter.text);
  });
  const isNamed = count > 0 || scrubber.protect.isIn(octets.replace(/\r?\n[ \t]*/g, ''));
  return isNamed ? { value: [ahead.text, ...written].join(`;${lineBreak} `), count: Math.max(1, count) } : undefined;
}

function writeParameter(name: string, text: string): string {
  const line = text.replace(/[\r\n\0]+/g, ' ');
  if (isAscii(line) && !/[^ -~]/.test(line)) return `${name}="${line.replace(/["\\]/g, String.raw`\$&`)}"`;
  return `${name}*=UTF-8''${encodeURIComponent(line.replace(/\p{Cs}/gu, '')).replace(/['()*]/g, percentEncoded)}`;
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
