import { describe, expect, it } from 'vitest';
import { formatsOf, type MailFormat, money } from './template-format.js';

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
    expect(formatsOf(format).number(null)).toBe('');
    expect(formatsOf(format).date(null)).toBe('');
    expect(formatsOf(format).dateTime(null)).toBe('');
  });
});

describe('a count in a mail', () => {
  it('is written as people of the store write it', () => {
    expect(formatsOf({ ...format, numberLocale: 'pt-BR' }).number(1.5)).toBe('1,5');
    expect(formatsOf(format).number(12_000)).toBe('12,000');
  });
});

describe('a time in a mail', () => {
  const lateEvening = Date.parse('2026-03-10T01:30:00Z');

  it('is the day and hour of the store', () => {
    const saoPaulo = formatsOf({ ...format, dateLocale: 'pt-BR', timeZone: 'America/Sao_Paulo' });
    expect(formatsOf(format).date(lateEvening)).toBe('March 10, 2026');
    expect(saoPaulo.date(lateEvening)).toBe('9 de março de 2026');
    expect(plainSpaces(formatsOf(format).dateTime(lateEvening))).toBe('March 10, 2026 at 1:30 AM UTC');
    expect(saoPaulo.dateTime(lateEvening)).toContain('22:30');
  });
});
