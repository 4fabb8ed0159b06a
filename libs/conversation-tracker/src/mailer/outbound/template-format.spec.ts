import { describe, expect, it } from 'vitest';
import { date, dateTime, type MailFormat, money, number } from './template-format.js';

const format: MailFormat = { numberLocale: 'en-US', dateLocale: 'en-US', currency: 'USD', timeZone: 'UTC' };
const plainSpaces = (text: string): string => text.replace(/[\u00A0\u202F]/g, ' ');

describe('an amount in a mail', () => {
  it.each([
    ['en-US', 'USD', 1990, '$19.90'],
    ['pt-BR', 'BRL', 123_456, 'R$ 1.234,56'],
    ['es-CO', 'COP', 1_990_000, '$ 19.900'],
    ['es-CO', 'COP', 1_990_050, '$ 19.900,50'],
    ['ja-JP', 'JPY', 1990, '￥1,990'],
    ['es-CL', 'CLP', 19_900, '$19.900'],
    ['ar-KW-u-nu-latn', 'KWD', 1990, '1.990'],
    ['de-DE', 'EUR', -500, '-5,00 €'],
    ['en-US', 'USD', 0, '$0.00'],
    ['en-US', 'XXX', 100, '1.00'],
  ])('is written as people in %s write %s', (numberLocale, currency, amount, written) => {
    expect(plainSpaces(money(amount, { ...format, numberLocale, currency }))).toContain(written);
  });

  it('stays away where the order has none', () => {
    expect(money(null, format)).toBe('');
    expect(number(null, format)).toBe('');
    expect(date(null, format)).toBe('');
    expect(dateTime(null, format)).toBe('');
  });
});

describe('a count in a mail', () => {
  it('is written as people of the store write it', () => {
    expect(number(1.5, { ...format, numberLocale: 'pt-BR' })).toBe('1,5');
    expect(number(12_000, format)).toBe('12,000');
  });
});

describe('a time in a mail', () => {
  const lateEvening = Date.parse('2026-03-10T01:30:00Z');

  it('is the day and hour of the store', () => {
    const saoPaulo = { ...format, dateLocale: 'pt-BR', timeZone: 'America/Sao_Paulo' };
    expect(date(lateEvening, format)).toBe('March 10, 2026');
    expect(date(lateEvening, saoPaulo)).toBe('9 de março de 2026');
    expect(plainSpaces(dateTime(lateEvening, format))).toBe('March 10, 2026 at 1:30 AM UTC');
    expect(dateTime(lateEvening, saoPaulo)).toContain('22:30');
  });
});
