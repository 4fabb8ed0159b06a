import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanDisplayName, maxDisplayNameLength } from './display-name.js';

describe('cleanDisplayName', () => {
  it.each([
    ['Ana Souza', 'Ana Souza'],
    ['  José\t da \r\n Silva ', 'José da Silva'],
    ['Jose\u0301', 'José'],
    ["Conan O'Brien, Jr.", "Conan O'Brien, Jr."],
    ['山田 太郎', '山田 太郎'],
    ['Лавка «Уют»', 'Лавка «Уют»'],
  ])('R32 keeps what people are called: %j', (given, shown) => {
    expect(cleanDisplayName(given)).toBe(shown);
  });

  it.each([
    ['ana@example.com', undefined],
    ['Ana <ana@example.com>', 'Ana'],
    ['Ana (ana@example.com)', 'Ana'],
    ['Ana ana\uFF20example.com', 'Ana'],
    ['Ana ana%40example.com', 'Ana'],
    ['Ana ana&#64;example.com', 'Ana'],
    ['Ana ana&#x40;example.com', 'Ana'],
    ['Ana a\u200Bna@\u200Dexample.com', 'Ana'],
    ['Ana "ana souza"@example.com', 'Ana'],
    ['mailto:ana@example.com Ana', 'Ana'],
    ['"ana@example.com" via Shop', 'via Shop'],
  ])('R32 takes every address out of a name: %j', (given, shown) => {
    expect(cleanDisplayName(given)).toBe(shown);
  });

  it.each([
    ['Ana\r\nBcc: eve', 'Ana Bcc: eve'],
    ['Ana\u0000Souza', 'AnaSouza'],
    ['\u202Eano\u202C\u2066S\u2069', 'anoS'],
    ['=?utf-8?Q?Eve=40example.com?= Shop', 'Shop'],
    ['==?utf-8?B?QQ== Shop', '= utf-8?B?QQ== Shop'],
    ['Ana\uD800', 'Ana'],
    ['\u3164\u200B \uFEFF', undefined],
    ['', undefined],
    [' - ', undefined],
  ])('R40 lets nothing through that a header or a reader could stumble over: %j', (given, shown) => {
    expect(cleanDisplayName(given)).toBe(shown);
  });

  it('R32 cuts a long name between characters, never inside one', () => {
    const shown = cleanDisplayName('𝒜'.repeat(200));
    expect(shown).toBe('𝒜'.repeat(maxDisplayNameLength));
  });

  it('R32 answers a clean name for any input, and the same name when asked again', () => {
    const pieces = fc.constantFrom(
      '@',
      '<',
      '>',
      '"',
      '\\',
      '=?',
      '?=',
      '\r\n',
      '\0',
      '\u202E',
      '\u200B',
      '%40',
      '(',
      ')',
      ' ',
      'é',
      'a',
      '\u0301',
      ',',
      '&#64;',
      'commat;',
      '&',
    );
    const names = fc
      .array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 40 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(names, (name) => {
        const shown = cleanDisplayName(name);
        if (shown === undefined) return;
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}@\uFF20\uFE6B<>"\\]|%40|=\?|\?=/u);
        expect(shown).not.toMatch(/^\s|\s$/u);
        expect(Array.from(shown).length).toBeLessThanOrEqual(maxDisplayNameLength);
        expect(shown.normalize('NFC')).toBe(shown);
        expect(cleanDisplayName(shown)).toBe(shown);
      }),
      { numRuns: 1000 },
    );
  });
});
