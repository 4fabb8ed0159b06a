import { type Language } from './language.js';

/** A language as people of another one call it, such as `Spanish (Mexico)`. */
export function languageTag(tag: string, language: Language): string {
  return new Intl.DisplayNames([language], { type: 'language' }).of(tag) ?? tag;
}
