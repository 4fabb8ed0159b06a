import { describe, expect, it } from 'vitest';
import { adminTemplateSources } from '../admin-sources.generated.js';
import { acceptedLanguage, languages } from './language.js';
import { isTextKey, textKeys, textOf } from './texts.js';

const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

describe('the texts of the pages', () => {
  it('take the same values in every language', () => {
    for (const key of textKeys) {
      for (const language of languages) {
        expect(places(textOf(language, key)), `${language} ${key}`).toEqual(places(textOf('en', key)));
      }
    }
  });

  it('are there for every key that a template names', () => {
    const named = Object.entries(adminTemplateSources).flatMap(([name, source]) =>
      [...source.matchAll(/(?:\bt |label=|hint=)"([\w.-]+)"/g)].map(([, key]) => ({ name, key })),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(({ key }) => !isTextKey(key))).toEqual([]);
  });

  it('put values in as they are, and leave places without one', () => {
    expect(textOf('en', 'layout.signedInAs', { actor: '{actor} $& <b>' })).toBe('Signed in as {actor} $& <b>');
    expect(textOf('en', 'layout.signedInAs')).toBe('Signed in as {actor}');
  });

  it.each([
    ['es-MX,es;q=0.9', 'es'],
    ['fr, pt-BR;q=0.3, en;q=0.7', 'en'],
    ['pt;q=0, *;q=0.1', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('are those that a browser asks for by %j', (header, language) => {
    expect(acceptedLanguage(header)).toBe(language);
  });
});
