import { cannedTexts } from './canned.texts.js';
import { errorTexts } from './error.texts.js';
import { type Language, languages } from './language.js';
import { layoutTexts } from './layout.texts.js';
import { messagesTexts } from './messages.texts.js';
import { ordersTexts } from './orders.texts.js';
import { settingsTexts } from './settings.texts.js';
import { templatesTexts } from './templates.texts.js';

const parts = [
  cannedTexts,
  layoutTexts,
  errorTexts,
  settingsTexts,
  ordersTexts,
  messagesTexts,
  templatesTexts,
] as const;

type KeysOf<Part> = Part extends Record<Language, Record<infer K extends string, string>> ? K : never;

/** Every text of the pages, by its key. */
export type TextKey = KeysOf<(typeof parts)[number]>;

export type TextValues = Readonly<Record<string, string | number>>;

const dictionaries = Object.fromEntries(
  languages.map((language) => [language, Object.assign({}, ...parts.map((part) => part[language])) as object]),
) as Record<Language, Record<TextKey, string>>;

export const textKeys = Object.keys(dictionaries.en) as TextKey[];

export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(dictionaries.en, key);
}

/** The text of a key, its values put in. What the values hold is text, never markup: who writes a page escapes it. */
export function textOf(language: Language, key: TextKey, values: TextValues = {}): string {
  return dictionaries[language][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}
