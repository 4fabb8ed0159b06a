import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FieldError, isTrackerError } from '../../kernel/errors.js';
import { bareMailModel, sampleMailModel } from '../outbound/sample-model.js';
import { TemplateRenderer } from '../outbound/template-renderer.js';
import { checkSources } from './check-sources.js';
import { type SourceField, type TemplateSources } from './template-sources.js';

const ref = { storeId: 'shop', step: 'shipped', locale: 'en' } as const;
const against = {
  base: new TemplateRenderer(),
  publicAddresses: ['help@shop.example'],
  trackerDomains: ['ct.example.com'],
};

function check(sources: TemplateSources): { wrong: readonly FieldError[]; renderer?: TemplateRenderer } {
  try {
    return { wrong: [], renderer: checkSources(ref, sources, against) };
  } catch (error) {
    if (!isTrackerError(error) || error.code !== 'invalid-input') throw error;
    return { wrong: error.errors };
  }
}

/** What is wrong with the sources; empty where they are taken. */
const faults = (sources: TemplateSources) => check(sources).wrong;

describe('what a store writes is refused with its line', () => {
  it.each<[SourceField, string, number, string]>([
    ['html', 'Hi\n{{order.number}}', 2, 'order.number'],
    ['html', 'Hi\n\n{{{reason}}}', 3, '{{{'],
    ['html', '{{&reason}}', 1, '{{&'],
    ['html', '{{#each items}}\n{{#each ../items}}x{{/each}}{{/each}}', 2, 'list within a list'],
    ['html', '\n{{> shipped.html}}', 2, 'parts/'],
    ['html', '{{> @partial-block}}', 1, 'parts/'],
    ['html', '{{> (lookup . "x")}}', 1, 'parts/'],
    ['html', '{{> parts/nowhere.html}}', 1, 'parts/nowhere.html'],
    ['html', '{{> parts/order.html}}\n'.repeat(13), 13, '12 parts'],
    ['html', '{{#each items}}x{{/each}}\n'.repeat(6), 6, '5 #each'],
    ['html', `{{#each items}}\n${'{{name}}'.repeat(61)}{{/each}}`, 2, '60 values'],
    ['html', `{{#each items}}${'x'.repeat(8001)}{{/each}}`, 1, '8000 characters'],
    ['text', '\n{{#if reason}}\n{{/each}}', 2, 'match'],
    ['text', 'a\n{{#if reason}}', 2, 'does not parse'],
    ['text', '{{shout order.id}}', 1, 'helpers are'],
    ['text', '{{constructor.constructor}}', 1, 'constructor'],
    ['text', '{{#with package}}\n{{../__proto__}}{{/with}}', 2, '__proto__'],
    ['text', '{{@root.order.id}}', 1, '@root'],
    ['text', '{{#*inline "x"}}{{/inline}}', 1, 'parts/'],
    ['text', 'ok\nask ana@shop.example', 2, 'publicAddresses'],
    ['subject', '{{#if package}}{{/if}}', 1, 'without a subject'],
  ])('%s: %j', (field, source, line, what) => {
    expect(faults({ [field]: source })).toMatchObject([{ field, line, message: expect.stringContaining(what) }]);
  });

  it('all three at once, and none where they are right', () => {
    expect(faults({ subject: '{{x}}', html: '{{y}}', text: '{{z}}' }).map(({ field }) => field)).toEqual([
      'subject',
      'html',
      'text',
    ]);
    expect(faults({ subject: '{{order.id}}', html: '<a href="mailto:help@shop.example">{{reason}}</a>' })).toEqual([]);
  });
});

it.each(['layout', 'order', 'tracking'])('the part %s of the installation may be a store’s as it stands', (part) => {
  const step = `parts/${part}` as const;
  const html = against.base.fileOf(step, 'en', 'html')!.source;
  checkSources({ storeId: 'shop', step, locale: 'en' }, { html }, against);
});

const name = fc.constantFrom(
  'order.id',
  'reason',
  'customer.firstName',
  'items',
  'package.courier',
  'total',
  'this',
  'this.name',
  '../reason',
  '@index',
  '@subject',
  '@root.reason',
  '__proto__',
  'constructor',
  'toString',
  'items.[0]',
  'items.length',
);
const text = fc.constantFrom('Hi ', '\n', '<b>', '"', '{', '}', '{{', '}}', '\\{{', 'a@b.example', '{{!-- c --}}', '&');
const { source } = fc.letrec<{ source: string; piece: string }>((tie) => ({
  source: fc.array(tie('piece'), { maxLength: 5 }).map((pieces) => pieces.join('')),
  piece: fc.oneof(
    { maxDepth: 3 },
    text,
    name.map((one) => `{{${one}}}`),
    name.map((one) => `{{{${one}}}}`),
    fc.constantFrom(
      '{{money total}}',
      '{{date deliveredAt}}',
      '{{plural itemCount one="#" other="#"}}',
      '{{lookup order "id"}}',
      '{{log reason}}',
      '{{> parts/order.html}}',
      '{{> shipped.html}}',
      '{{> @partial-block}}',
      '{{#*inline "x"}}{{/inline}}',
    ),
    fc
      .tuple(fc.constantFrom('if', 'unless', 'each', 'with', 'eval'), name, tie('source'))
      .map(([block, one, inner]) => `{{#${block} ${one}}}${inner}{{/${block}}}`),
    tie('source').map((inner) => `{{#> parts/layout.html}}${inner}{{/parts/layout.html}}`),
  ),
}));

/** What a store with some practice writes: most of it is right. */
const right = fc.constantFrom(
  'Hi ',
  '\n',
  '<b>',
  '{{order.id}}',
  '{{reason}}',
  '{{customer.firstName}}',
  '{{money total}}',
  '{{@subject}}',
);
const practised = fc
  .array(
    fc.oneof(
      right,
      fc
        .tuple(fc.constantFrom('if', 'unless'), fc.constantFrom('reason', 'package.courier', 'items'), right)
        .map(([block, one, inner]) => `{{#${block} ${one}}}${inner}{{else}}-{{/${block}}}`),
      fc
        .constantFrom('{{name}}', '{{@index}}', '{{../reason}}', '{{money price}}')
        .map((one) => `{{#each items}}${one}{{/each}}`),
      fc.constantFrom('{{> parts/order.html}}', '{{#> parts/layout.html}}{{reason}}{{/parts/layout.html}}'),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((pieces) => pieces.join(''));

it('whatever is taken renders of any order, without others’ words as HTML; whatever is refused has a line of the text', () => {
  let taken = 0;
  const item = fc.record({ name: fc.string(), quantity: fc.nat(9), price: fc.nat(), amount: fc.nat() });
  const model = fc.record({
    items: fc.array(item, { maxLength: 3 }),
    package: fc.constantFrom(null, sampleMailModel.package),
    total: fc.constantFrom(null, 0, 990),
  });
  fc.assert(
    fc.property(fc.oneof(source, practised), model, (html, facts) => {
      if (html.trim() === '') return;
      const { wrong, renderer } = check({ html });
      if (!renderer) {
        expect(wrong).not.toEqual([]);
        for (const { field, line } of wrong) {
          expect(field).toBe('html');
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(html.split('\n').length);
        }
        return;
      }
      taken++;
      const evil = { reason: '<script>x</script>', customer: { firstName: '<img src=x>' } };
      const mail = renderer.render('shipped', 'en', { ...bareMailModel, ...evil, ...facts });
      expect(mail.html).not.toMatch(/<script|<img src=x|native code|\[object/);
      expect(mail.html.length).toBeLessThan(500_000);
    }),
    { numRuns: 60 },
  );
  expect(taken).toBeGreaterThan(8);
});
