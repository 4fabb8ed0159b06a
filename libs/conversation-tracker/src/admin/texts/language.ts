/** The languages that the pages speak. */
export const languages = ['en', 'es', 'pt'] as const;
export type Language = (typeof languages)[number];

/** What each language calls itself. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', es: 'Español', pt: 'Português' };

/** The language of a BCP 47 tag, where the pages speak it. */
export function languageOf(tag: string | undefined): Language | undefined {
  const primary = tag?.trim().split(/[-_]/, 1)[0].toLowerCase();
  return languages.find((language) => language === primary);
}

/** The first language of an Accept-Language header (RFC 9110 §12.5.4) that the pages speak. */
export function acceptedLanguage(header: string | undefined): Language | undefined {
  const ranges = (header ?? '')
    .split(',')
    .slice(0, 20)
    .map((range) => {
      const [tag, quality] = range.split(/;\s*q=/i);
      return { tag, quality: quality === undefined ? 1 : Number(quality) || 0 };
    })
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality);
  return ranges.map(({ tag }) => languageOf(tag)).find((language) => language !== undefined);
}
