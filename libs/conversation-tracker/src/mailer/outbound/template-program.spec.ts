import fc from 'fast-check';
import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { compileTemplates, parseTemplate } from './compiled-templates.js';
import { type StatusMailModel } from './mail-model.js';
import { bareMailModel, sampleMailModel } from './sample-model.js';
import { checkTemplate } from './template-check.js';
import { ownTemplates, type TemplateFile } from './template-files.js';
import { formatsOf } from './template-format.js';
import { type TemplateData, templateHelpers } from './template-helpers.js';

const data: TemplateData = {
  locale: 'en',
  direction: 'ltr',
  subject: 'Tom & <Jerry>',
  formats: formatsOf({ numberLocale: 'en', dateLocale: 'en', currency: 'EUR', timeZone: 'UTC' }),
};
const file = (kind: 'html' | 'txt', name: string, source: string): TemplateFile => ({
  locale: 'en',
  name,
  kind,
  source,
  origin: `${name}.${kind}.hbs`,
});

/** What Handlebars' own compiler and runtime make of the same files. */
function byHandlebars(
  files: readonly TemplateFile[],
  wanted: readonly TemplateFile[],
  model: StatusMailModel,
): string[] {
  const handlebars = Handlebars.create();
  type Options = { data: TemplateData; hash: Record<string, string> };
  for (const [name, help] of Object.entries(templateHelpers))
    handlebars.registerHelper(name, (value: number | null | undefined, options: Options) =>
      help(value ?? null, options.data, options.hash),
    );
  const compile = ({ kind, source }: TemplateFile) =>
    handlebars.compile(source, { noEscape: kind !== 'html', preventIndent: true });
  for (const one of files) handlebars.registerPartial(`${one.name}.${one.kind}`, compile(one));
  return wanted.map((one) => compile(one)(model, { data }));
}

function byUs(files: readonly TemplateFile[], wanted: readonly TemplateFile[], model: StatusMailModel): string[] {
  const templates = compileTemplates(files, () => false);
  return wanted.map(({ name, kind }) => templates.get(`${name}.${kind}`)!(model, data));
}

const text = fc.constantFrom(' ', '\n', '  \n', 'a < b & "c"', '<td>', '\n\n', 'x');
/** Names at the root of the model, and those in a list of items. */
const rootValues = [
  '{{order.id}}',
  '{{{customer.firstName}}}',
  '{{package.courier}}',
  '{{@subject}}',
  '{{~note~}}',
  '{{money total}}',
  '{{date package.deliveredAt}}',
  '{{plural itemCount one="# piece" other="# pieces"}}',
  '{{! a word }}',
];
const itemValues = ['{{name}}', '{{this.quantity}}', '{{@index}}', '{{@last}}', '{{../order.id}}', '{{money amount}}'];
const asked = fc.constantFrom('note', 'total', 'items', 'package', 'package.items', 'shippingAddress.pickup', 'reason');
const part = fc.constantFrom('{{> parts/one.html}}', '  {{> parts/one.html}}\n');

const { source } = fc.letrec<{ source: string; block: string }>((tie) => ({
  source: fc
    .array(fc.oneof({ maxDepth: 3 }, text, fc.constantFrom(...rootValues), part, tie('block')), {
      maxLength: 5,
    })
    .map((pieces) => pieces.join('')),
  block: fc.oneof(
    fc
      .tuple(fc.constantFrom('if', 'unless'), asked, tie('source'), tie('source'))
      .map(([helper, name, inside, otherwise]) => `{{#${helper} ${name}}}${inside}{{else}}${otherwise}{{/${helper}}}`),
    tie('source').map((inside) => `{{#if totals.tax includeZero=true}}\n${inside}\n{{/if}}`),
    fc
      .array(fc.oneof(text, fc.constantFrom(...itemValues)), { maxLength: 5 })
      // Numbers that stand first are added up by Handlebars where it does not escape: here a text stands before them.
      .map((pieces) => `{{#each items}}-${pieces.join('')}{{#unless @last}},{{/unless}}{{else}}none{{/each}}`),
    fc
      .array(fc.oneof(text, fc.constantFrom('{{courier}}', '{{../note}}', '{{#each items}}{{name}}{{/each}}')))
      .map((pieces) => `{{#with package}}${pieces.join('')}{{else}}none{{/with}}`),
    tie('source').map((inside) => `{{#> parts/frame.html}}${inside}{{/parts/frame.html}}`),
  ),
}));
const model: fc.Arbitrary<StatusMailModel> = fc
  .tuple(fc.boolean(), fc.constantFrom('', 'Ana & "<b>"', "O'Neil = `x`"), fc.constantFrom(null, 0, 1990))
  .map(([known, word, amount]) => ({
    ...(known ? sampleMailModel : bareMailModel),
    note: word,
    customer: { firstName: word },
    total: amount,
    totals: { ...sampleMailModel.totals, tax: amount },
  }));

describe('a mail template', () => {
  it.each(['en', 'es', 'pt'])('of ours reads as by Handlebars: %s', (language) => {
    const seen = ownTemplates().filter(({ locale, name }) => locale === language || name === 'parts/layout');
    const files = [...new Map(seen.map((each) => [`${each.name}.${each.kind}`, each])).values()];
    // A frame is nothing by itself.
    const framed = files.filter(({ name }) => name !== 'parts/layout');
    for (const each of [sampleMailModel, bareMailModel])
      expect(byUs(files, framed, each)).toEqual(byHandlebars(files, framed, each));
  });

  it('reads as by Handlebars, however it is put together', () => {
    fc.assert(
      fc.property(source, source, model, fc.constantFrom('html', 'txt'), (mail, shared, order, kind) => {
        const named = (piece: string) => piece.replaceAll('.html', `.${kind}`);
        const whole = file(kind, 'shipped', named(mail));
        const files = [
          whole,
          // Parts that name no other part: one that shows itself never ends.
          file(kind, 'parts/one', shared.replace(/\{\{#?>[^}]*\}\}|\{\{\/parts[^}]*\}\}/g, '')),
          file(kind, 'parts/frame', named('[{{#> @partial-block}}nothing{{/@partial-block}}]\n{{> parts/one.html}}')),
        ];
        const names = new Set(files.map((each) => `${each.name}.${each.kind}`));
        // Only what is let through is ever written.
        for (const each of files) checkTemplate(each, parseTemplate(each), names);
        expect(byUs(files, [whole], order)).toEqual(byHandlebars(files, [whole], order));
      }),
      { numRuns: 150 },
    );
  });

  it('reads nothing that comes from a prototype', () => {
    const inherited = Object.assign(Object.create({ firstName: 'of all objects' }) as object, {});
    const whole = file('txt', 'shipped', 'Hi {{customer.firstName}}!');
    const order = { ...sampleMailModel, customer: inherited as StatusMailModel['customer'] };
    expect(byUs([whole], [whole], order)).toEqual(['Hi !']);
  });

  it('needs somebody who fills its block', () => {
    const whole = file('txt', 'shipped', 'Hi\n{{> @partial-block}}');
    expect(() => byUs([whole], [whole], sampleMailModel)).toThrow('@partial-block');
  });
});
