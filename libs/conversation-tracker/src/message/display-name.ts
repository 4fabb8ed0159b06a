/** Longest display name in code points: with an address beside it, a header line still stays near RFC 5322 §2.1.1's 78. */
export const maxDisplayNameLength = 78;

/** No name is longer; keeps the expressions below from taking quadratic time on what somebody made up. */
const longestInput = 1000;

const lineBreaksAndTabs = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/**
 * What a reader cannot see, and what turns the reading direction round: control and format characters, lone
 * surrogates, variation selectors and the fillers that are letters only by category.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Variation_Selector}\u034F\u115F\u1160\u17B4\u17B5\u3164\uFFA0]+/gu;

/** Every way in which an `@` reads as one: itself, full width, small, and escaped for a URL or for HTML. */
const at = '(?:[@\uFF20\uFE6B]|%40|&#0*64;?|&#x0*40;?|&commat;?)';
const quotedLocalPart = new RegExp(String.raw`"(?:[^"\\]|\\.)*"\s*${at}[^\s<>"(),;]*`, 'giu');
const wordWithAt = new RegExp(String.raw`[^\s<>"(),]*${at}[^\s<>"(),]*`, 'giu');

const encodedWord = /=\?\S*\?=/g;

/** Delimiters of RFC 5322's grammar, and of encoded words: a reader that decodes late must find none. */
const syntax = /[<>"\\]|=\?|\?=/g;
const emptyComment = /\([\s()]*\)/g;
const danglingPunctuation = /^[\s,;:|/-]+|[\s,;:|/-]+$/gu;

/**
 * A person's name as it may stand beside an alias (MAIL-RULES R32): in normal form C, one line, nothing invisible, no
 * address in it, at most {@link maxDisplayNameLength} code points. Encoded words are for the header parser to decode;
 * one that is still here hides something and is dropped. Returns undefined where nothing is left to show.
 */
export function cleanDisplayName(name: string): string | undefined {
  const anonymous = name
    .slice(0, longestInput)
    .replace(lineBreaksAndTabs, ' ')
    .replace(invisible, '')
    .normalize('NFC')
    .replace(encodedWord, ' ')
    .replace(quotedLocalPart, ' ')
    .replace(wordWithAt, ' ');
  const plain = tidy(anonymous.replace(syntax, ' ').replace(emptyComment, ' '));
  const capped = tidy(Array.from(plain).slice(0, maxDisplayNameLength).join(''));
  return capped === '' ? undefined : capped;
}

function tidy(text: string): string {
  return text.replace(/\s+/gu, ' ').replace(danglingPunctuation, '');
}
