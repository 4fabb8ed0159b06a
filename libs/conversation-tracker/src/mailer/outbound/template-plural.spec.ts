import { describe, expect, it } from 'vitest';
import { formatsOf } from './template-format.js';
import { plural, wrongForms } from './template-plural.js';

const formats = formatsOf({ numberLocale: 'pt-BR', dateLocale: 'pt-BR', currency: 'BRL', timeZone: 'UTC' });
const polish = { one: '# rzecz', few: '# rzeczy', many: '# rzeczy (m)', other: '# rzeczy (o)' };

describe('a count in a mail', () => {
  it.each([
    [0, 'pt', { one: '# item', other: '# itens' }, '0 item'],
    [1, 'pt', { one: '# item', other: '# itens' }, '1 item'],
    [1.5, 'pt', { one: '# item', other: '# itens' }, '1,5 item'],
    [2, 'pt', { one: '# item', other: '# itens' }, '2 itens'],
    [1_000_000, 'pt', { one: '# item', many: '# de itens', other: '# itens' }, '1.000.000 de itens'],
    [1_000_000, 'pt', { one: '# item', other: '# itens' }, '1.000.000 itens'],
    [1234, 'es', { one: '# artículo', other: '# artículos' }, '1.234 artículos'],
    [0, 'en', { one: '# item', other: '# items' }, '0 items'],
    [3, 'pl', polish, '3 rzeczy'],
    [5, 'pl', polish, '5 rzeczy (m)'],
    [22, 'pl', polish, '22 rzeczy'],
    [2, 'en', { one: 'one', other: '# of #, $& and $1' }, '2 of 2, $& and $1'],
  ])('of %d takes its form in %s', (count, language, forms, written) => {
    expect(plural(count, forms, language, formats)).toBe(written);
  });

  it('stays away where it is not known', () => {
    expect(plural(null, { other: '#' }, 'en', formats)).toBe('');
  });

  it.each([
    [['one', 'other'], 'en', undefined],
    [['one', 'other'], 'es', undefined],
    [['one', 'many', 'other'], 'es', undefined],
    [['other'], 'ja', undefined],
    [['other'], 'en', 'plural needs one="…" as well'],
    [['one'], 'en', 'plural needs other="…" as well'],
    [[], 'ja', 'plural needs other="…" as well'],
    [['one', 'other'], 'pl', 'plural needs few="…" many="…" as well'],
    [['one', 'few', 'other'], 'en', 'plural in en has the forms one, other'],
    [['toString', 'other'], 'en', 'plural in en has the forms one, other'],
  ])('with the forms %j is right or wrong in %s', (forms, language, reason) => {
    expect(wrongForms(forms, language)).toBe(reason);
  });
});
