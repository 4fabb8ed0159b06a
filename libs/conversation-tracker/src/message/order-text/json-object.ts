import { closingQuote, openingQuote } from './json-string.js';

const QUOTE = 0x22;
const BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** An object `[start, end)` of a JSON text. */
export interface JsonObject {
  start: number;
  end: number;
}

/**
 * The object whose member's key opens at `key`, without reading the text from its beginning; undefined where it goes on for
 * more than `reach` characters in either direction.
 * @param text valid JSON.
 */
export function objectAround(text: string, key: number, reach: number): JsonObject | undefined {
  const start = openingBrace(text, key, reach);
  const end = start === -1 ? -1 : closingBrace(text, key, reach);
  return end === -1 ? undefined : { start, end: end + 1 };
}

function openingBrace(text: string, key: number, reach: number): number {
  let depth = 0;
  for (let i = key - 1; i >= Math.max(0, key - reach); i--) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = openingQuote(text, i);
    else if (code === CLOSING_BRACE || code === CLOSING_BRACKET) depth++;
    else if ((code === BRACE || code === BRACKET) && depth-- === 0) return i;
  }
  return -1;
}

function closingBrace(text: string, key: number, reach: number): number {
  let depth = 0;
  for (let i = key; i < Math.min(text.length, key + reach); i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = closingQuote(text, i + 1);
    else if (code === BRACE || code === BRACKET) depth++;
    else if ((code === CLOSING_BRACE || code === CLOSING_BRACKET) && depth-- === 0) return i;
  }
  return -1;
}
