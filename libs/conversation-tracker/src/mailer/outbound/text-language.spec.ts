import { describe, expect, it } from 'vitest';
import { directionOf, languagesFor, numberLocaleFor } from './text-language.js';

describe('the language of a mail', () => {
  it.each([
    ['es-MX', ['es-MX', 'es', 'en']],
    ['pt-PT', ['pt-PT', 'pt', 'en']],
    ['en-GB', ['en-GB', 'en']],
    ['de', ['de', 'en']],
    ['es-419', ['es-419', 'es', 'en']],
    ['zh-Hant-TW', ['zh-Hant-TW', 'zh-Hant', 'zh', 'en']],
    ['ar-EG-u-nu-latn', ['ar-EG-u-nu-latn', 'ar-EG-u-nu', 'ar-EG', 'ar', 'en']],
  ])('is looked up for %s as RFC 4647 §3.4 says', (locale, languages) => {
    expect(languagesFor(locale)).toEqual(languages);
  });

  it.each([
    ['en', 'ltr'],
    ['pt-BR', 'ltr'],
    ['ar', 'rtl'],
    ['he-IL', 'rtl'],
    ['az', 'ltr'],
    ['az-Arab', 'rtl'],
  ])('is written, in %s, %s', (language, direction) => {
    expect(directionOf(language)).toBe(direction);
  });

  it('has the amounts of the store, in digits that its reader knows', () => {
    expect(numberLocaleFor('pt-BR', 'en')).toBe('pt-BR');
    expect(numberLocaleFor('es-MX', 'es')).toBe('es-MX');
    expect(new Intl.NumberFormat(numberLocaleFor('fa-IR', 'en')).format(12)).toBe('12');
    expect(new Intl.NumberFormat(numberLocaleFor('fa-IR', 'fa')).format(12)).toBe('۱۲');
  });
});
