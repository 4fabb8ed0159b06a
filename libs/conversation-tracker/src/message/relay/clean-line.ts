const LINE_BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
/** Controls, lone surrogates, and what turns the reading direction round; joiners stay, since scripts and emoji need them. */
const HARMFUL = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]+/gu;

/** Text of a header as one line that hides nothing (MAIL-RULES R40), of at most `length` code points. */
export function cleanLine(text: string, length: number): string {
  const line = text
    .slice(0, length * 8)
    .replace(LINE_BREAKS, ' ')
    .replace(HARMFUL, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  return Array.from(line).slice(0, length).join('').trim();
}
