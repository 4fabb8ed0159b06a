import { Html, html } from '../web/html.js';

/** What stands in a text for whom, to be told apart by eye. */
export interface Marks {
  real: readonly string[];
  aliases: readonly string[];
}

/** A text with its addresses marked. Aliases first: a Simple one has the address in it. */
export function marked(text: string, { real, aliases }: Marks): Html {
  const kinds = new Map([
    ...real.map((one) => [fold(one), 'real'] as const),
    ...aliases.map((one) => [fold(one), 'alias'] as const),
  ]);
  if (kinds.size === 0) return html`${text}`;
  const byLength = [...kinds.keys()].toSorted((a, b) => b.length - a.length);
  const pattern = new RegExp(`(${byLength.map(escape).join('|')})`, 'giu');
  const pieces = text.split(pattern);
  // Every second piece is what the pattern found.
  return html`${pieces.map((piece, index) => (index % 2 === 0 ? html`${piece}` : html`<mark class="${kinds.get(fold(piece)) ?? ''}">${piece}</mark>`))}`;
}

const fold = (address: string): string => address.toLowerCase();

/** A hyphen, which every Simple alias has, is not escaped: with the flag `u` that would be an error. */
const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
