/** The language of last resort. */
export const defaultLanguage = 'en';

/**
 * The languages that do for a locale, the nearest first: RFC 4647 §3.4 (look-up), with English as its default.
 * `es-MX` → es-MX, es, en; `zh-Hant-u-nu-latn` → …, zh-Hant, zh, en.
 *
 * @param locale BCP 47
 */
export function languagesFor(locale: string): string[] {
  const subtags = locale.split('-');
  const tags = subtags.map((_, dropped) => subtags.slice(0, subtags.length - dropped));
  // A singleton only introduces what follows it.
  const whole = tags.filter((tag) => tag.length === 1 || tag.at(-1)!.length > 1).map((tag) => tag.join('-'));
  return [...new Set([...whole, defaultLanguage])];
}

/** Scripts that are written from right to left (CLDR, `scriptMetadata`), as far as one writes to customers in them. */
const rightToLeft: ReadonlySet<string> = new Set(['Adlm', 'Arab', 'Hebr', 'Nkoo', 'Rohg', 'Syrc', 'Thaa']);

const directions = new Map<string, 'ltr' | 'rtl'>();

/** How a language is written. @param language of a template: so few that each is asked for once. */
export function directionOf(language: string): 'ltr' | 'rtl' {
  const known = directions.get(language);
  if (known) return known;
  const direction = rightToLeft.has(new Intl.Locale(language).maximize().script ?? '') ? 'rtl' : 'ltr';
  directions.set(language, direction);
  return direction;
}

export function sameLanguage(one: string, other: string): boolean {
  // A tag in its canonical spelling begins with its language (RFC 5646 §2.1).
  return one.split('-', 1)[0] === other.split('-', 1)[0];
}

/** More pairs of a store's locale and a language than any installation has; a bound, since stores choose their locale. */
const maxNumberLocales = 500;
const numberLocales = new Map<string, string>();

/**
 * The locale in which a mail writes its amounts and counts: the store's, whatever the language of the text, since a comma
 * for a point misleads who is used to the other. Only digits that the reader of the text may not know give way.
 */
export function numberLocaleFor(store: string, language: string): string {
  if (sameLanguage(store, language)) return store;
  const key = `${store} ${language}`;
  const known = numberLocales.get(key);
  if (known) return known;
  if (numberLocales.size >= maxNumberLocales) numberLocales.clear();
  const locale = inDigitsOf(language, store);
  numberLocales.set(key, locale);
  return locale;
}

/** Asking Intl takes longer than rendering a mail. */
function inDigitsOf(language: string, store: string): string {
  const digitsOf = (locale: string): string => new Intl.NumberFormat(locale).resolvedOptions().numberingSystem;
  const digits = digitsOf(language);
  return digitsOf(store) === digits ? store : new Intl.Locale(store, { numberingSystem: digits }).toString();
}
