import { type Language } from './language.js';

/** Texts of one part of the pages, with `{name}` where a value goes. Each language must say all of them. */
export function defineTexts<K extends string>(
  texts: Record<Language, Record<K, string>>,
): Record<Language, Record<K, string>> {
  return texts;
}
