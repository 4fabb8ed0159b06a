import { TextViewBuilder, type TextView } from './text-view.js';

/**
 * How an address hides in text: percent-encoding, HTML character references, both several times over, JSON escapes in a
 * fragment that is no JSON as a whole, full-width forms (U+FF01 to U+FF5E, U+FE6B) and invisible characters in between.
 */
const FOLDED =
  /(?<!\\)\\+u[0-9a-fA-F]{4}|%(?:25)*(?:[0-7][0-9a-fA-F]|[c-fC-F][0-9a-fA-F](?:%(?:25)*[89abAB][0-9a-fA-F]){1,3})|&(?:amp;)*(?:#0*[0-9]{1,7};?|#[xX]0*[0-9a-fA-F]{1,6};?|commat;?|period;|plus;|lowbar;)|[\uff01-\uff5e\ufe6b]|\p{Default_Ignorable_Code_Point}/gu;
const LINE_ESCAPE = /|(?<!\\)\\+[bfnrt"]/;
const FOLDED_IN_FRAGMENT = new RegExp(FOLDED.source + LINE_ESCAPE.source, 'gu');
/** Text in which a piece of JSON stands, as logs and error messages quote it. */
const JSON_FRAGMENT = /[{[]\s*\\*"|"\s*:/;
const INVISIBLE = /^\p{Default_Ignorable_Code_Point}$/u;
const NAMED: Readonly<Record<string, string>> = { commat: '@', period: '.', plus: '+', lowbar: '_' };

/** The text as a reader's software may show it; undefined where that is the text itself. */
export function unfold(text: string): TextView | undefined {
  if (!mayBeFolded(text)) return undefined;
  const pattern = text.includes('\\') && JSON_FRAGMENT.test(text) ? FOLDED_IN_FRAGMENT : FOLDED;
  let view: TextViewBuilder | undefined;
  let copied = 0;
  for (const { 0: folded, index } of text.matchAll(pattern)) {
    view ??= new TextViewBuilder();
    view.copy(text.slice(copied, index), copied);
    copied = index + folded.length;
    const decoded = decode(folded);
    if (!INVISIBLE.test(decoded)) view.add(decoded, index, copied);
  }
  view?.copy(text.slice(copied), copied);
  return view?.build();
}

/** Up to here one loop is faster than several searches. */
const SHORT = 256;
const FAR = /[\u0300-\uffff]/;

/** False where nothing stands with which a disguise begins: a backslash, `%`, `&`, a soft hyphen, anything from U+0300 on. */
function mayBeFolded(text: string): boolean {
  if (text.length > SHORT) return ['%', '&', '\\', '\u00ad'].some((sign) => text.includes(sign)) || FAR.test(text);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x25 || code === 0x26 || code === 0x5c || code === 0xad || code >= 0x300) return true;
  }
  return false;
}

function decode(folded: string): string {
  switch (folded[0]) {
    case '\\':
      return decodeEscape(folded.slice(folded.lastIndexOf('\\') + 1));
    case '%':
      return decodePercent(folded.replaceAll(/%(?:25)*(?=[0-9a-fA-F]{2})/g, '%'));
    case '&':
      return decodeReference(folded.replace(/^&(?:amp;)*/, ''));
    default:
      return decodeCharacter(folded);
  }
}

function decodeEscape(escape: string): string {
  if (escape.length === 5) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
  return escape === '"' ? escape : '\n';
}

function decodePercent(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

function decodeReference(reference: string): string {
  const name = reference.replace(';', '');
  if (!name.startsWith('#')) return NAMED[name];
  const codePoint = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return codePoint <= 0x10ffff ? decodeCharacter(String.fromCodePoint(codePoint)) : reference;
}

function decodeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  if (code === 0xfe6b) return '@';
  return code >= 0xff01 && code <= 0xff5e ? String.fromCharCode(code - 0xfee0) : character;
}
