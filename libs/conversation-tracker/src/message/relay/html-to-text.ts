import { markup } from '../mime/text-layers.js';

/** Where a reader's eye goes to a new line. */
const BLOCK =
  /^<\/?(?:address|article|aside|blockquote|br|center|dd|div|dl|dt|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|table|tbody|tfoot|thead|tr|ul)\b/i;
const CELL = /^<t[dh]\b/i;
/** What stands between the two tags is for no eye. */
const HIDDEN = /^<(head|style|script|title|template)\b/i;

/** U+00A0 to U+00FF in order (HTML 4 §24.2). */
const LATIN_1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para ' +
  'middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave ' +
  'Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc ' +
  'Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc ' +
  'iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';
const NAMED = new Map<string, string>([
  ...LATIN_1.split(' ').map((name, i): [string, string] => [name, String.fromCharCode(0xa0 + i)]),
  ...Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    commat: '@',
    period: '.',
    ndash: '–',
    mdash: '—',
  }),
  ...Object.entries({ lsquo: '‘', rsquo: '’', sbquo: '‚', ldquo: '“', rdquo: '”', bdquo: '„', hellip: '…', bull: '•' }),
  ...Object.entries({ euro: '€', trade: '™', zwnj: '', zwj: '', shy: '', lrm: '', rlm: '' }),
]);

/** The words of an HTML text, for a reader who has nothing better; linear in the text, whatever stands in it. */
export function htmlToText(html: string): string {
  let text = '';
  let copied = 0;
  let hidden: string | undefined;
  for (const { start, end } of markup(html)) {
    if (hidden === undefined) text += words(html.slice(copied, start));
    copied = end;
    const tag = html.slice(start, Math.min(end, start + 20));
    if (hidden !== undefined) {
      if (tag.toLowerCase().startsWith(`</${hidden}`)) hidden = undefined;
      continue;
    }
    hidden = HIDDEN.exec(tag)?.[1].toLowerCase();
    if (BLOCK.test(tag)) text += '\n';
    else if (CELL.test(tag)) text += ' ';
  }
  if (hidden === undefined) text += words(html.slice(copied));
  return tidy(text);
}

function words(html: string): string {
  return decodeReferences(html.replace(/[ \t\r\n\f]+/g, ' '));
}

function decodeReferences(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,10}));?/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED.get(name) ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

/** No blank at either end of a line, and no more than one empty line in a row. */
function tidy(text: string): string {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const words = line.trim();
    if (words !== '' || (lines.at(-1) ?? '') !== '') lines.push(words);
  }
  return lines.join('\n').trim();
}
