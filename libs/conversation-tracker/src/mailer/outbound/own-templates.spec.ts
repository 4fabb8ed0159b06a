import { describe, expect, it } from 'vitest';
import { type OrderStep, orderSteps } from '../../ports/order-events.js';
import { type StatusMailModel } from './mail-model.js';
import { bareMailModel, sampleMail, sampleMailModel } from './sample-model.js';
import { ownTemplates } from './template-files.js';
import { TemplateRenderer } from './template-renderer.js';

const files = ownTemplates();
const languages = [...new Set(files.map(({ locale }) => locale))];
const translations = languages.filter((language) => language !== 'en');
const renderer = new TemplateRenderer();

/** All that a store always knows of an order. */
const barest = { ...bareMailModel, order: { ...bareMailModel.order, id: '1024-01' } };
const mails: { language: string; step: OrderStep; known: string; model: StatusMailModel }[] = languages.flatMap(
  (language) =>
    orderSteps.flatMap((step) => [
      { language, step, known: 'everything known', model: { ...sampleMailModel, step } },
      { language, step, known: 'as in a preview', model: sampleMail(step, language) },
      { language, step, known: 'nothing known', model: { ...barest, step } },
    ]),
);

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', times: '×' };
const decoded = (html: string): string =>
  html.replace(/&(?:#x([0-9a-f]+)|(\w+));/gi, (_, hex?: string, name?: string) =>
    hex ? String.fromCodePoint(Number.parseInt(hex, 16)) : entities[name!],
  );
/** What a person reads of an HTML mail, links included. */
const shown = (html: string): string =>
  decoded(
    html
      .replace(/^[^]*<body|<!--[^]*?-->/g, '<body')
      .replace(/<a\b[^>]*href="([^"]*)"[^>]*>([^]*?)<\/a>/g, '$2 $1')
      .replace(/<\/?(?:strong|span)\b[^>]*>/g, '')
      .replace(/<[^>]*>/g, ' '),
  );
/** Without what text and HTML write each in their own way: `2 x chair` and `chair × 2`, `Total: 1` and two cells. */
const words = (text: string): string[] =>
  text
    .split(/\s+/)
    .map((word) => word.replace(/^[(]|[:)]+$/g, ''))
    .filter((word) => !['', 'x', '×', '-'].includes(word))
    .sort();

/** A template without its words: its tags in their order, what it names in any. */
const skeleton = (source: string): object => ({
  tags: source.match(/<[^>]*>/g),
  names: (source.match(/\{\{.*?\}\}/g) ?? []).map((name) => name.replace(/(?<=plural \w+) .*/, '')).sort(),
});
/** The runs of words between what a template names, as somebody wrote them. */
const sentences = (source: string): string[] =>
  source
    .replace(/\{\{plural \w+ (.*?)\}\}/g, '$1')
    .split(/\{\{.*?\}\}|<[^>]*>|&\w+;|[\n"#]|\w+=/)
    .map((run) => run.replace(/^[\s.,:()-]+|[\s.,:()-]+$/g, ''))
    .filter((run) => /\p{L}{2}/u.test(run));

describe("the package's own templates", () => {
  it('are there for every step in English, Spanish and Portuguese', () => {
    expect(languages.sort()).toEqual(['en', 'es', 'pt']);
    for (const language of languages) {
      const steps = files.filter(({ locale, name }) => locale === language && !name.startsWith('parts/'));
      expect(new Set(steps.map(({ name }) => name))).toEqual(new Set(orderSteps));
      expect(steps).toHaveLength(3 * orderSteps.length);
    }
  });

  it.each(translations)('lack in %s no part that has words', (language) => {
    const namesIn = (tag: string) =>
      files.filter(({ locale }) => locale === tag).map(({ name, kind }) => `${name}.${kind}`);
    const wordless = ['parts/layout.html', 'parts/layout.txt'];
    expect(namesIn(language).sort()).toEqual(
      namesIn('en')
        .filter((name) => !wordless.includes(name))
        .sort(),
    );
    for (const name of wordless) {
      const { source } = files.find((file) => `${file.locale}/${file.name}.${file.kind}` === `en/${name}`)!;
      expect(sentences(source.replace(/^[^]*<body/, '<body'))).toEqual([]);
    }
  });

  it.each(files.filter(({ locale }) => locale !== 'en').map((file) => [file.origin, file] as const))(
    'look the same in each language and name the same: %s',
    (_, { name, kind, source }) => {
      const english = files.find((file) => file.locale === 'en' && file.name === name && file.kind === kind);
      expect(skeleton(source)).toEqual(skeleton(english!.source));
    },
  );

  it.each(translations)('leave no sentence in %s as it is in another language', (language) => {
    const said = (tag: string): Set<string> =>
      new Set(files.filter(({ locale }) => locale === tag).flatMap(({ source }) => sentences(source)));
    const own = said(language);
    expect(own.size).toBeGreaterThan(50);
    /** Words that Spanish, Portuguese or English spell alike. */
    const alike = new Set(['Subtotal', 'Total', 'Motivo', 'Pedido', 'item', 'de']);
    for (const other of languages.filter((tag) => tag !== language)) {
      expect([...said(other)].filter((sentence) => own.has(sentence) && !alike.has(sentence))).toEqual([]);
    }
  });

  it('are shown about an order in their own language, or in English', () => {
    const shown = (locale: string): string => renderer.render('changed', locale, sampleMail('changed', locale)).text;
    expect(shown('es-PE')).toMatch(/Qué cambió: Se corrigió la dirección de entrega\n[^]*- 2 x Silla de roble:/);
    expect(shown('pt-BR')).toMatch(/O que mudou: O endereço de entrega foi corrigido\n[^]*- 2 x Cadeira de carvalho:/);
    expect(shown('de')).toMatch(/What changed: The delivery address was corrected\n[^]*- 2 x Oak chair:/);
  });

  it.each(mails)('say the same in text and HTML: $language $step, $known', ({ language, step, model }) => {
    const { text, html } = renderer.render(step, language, model);
    expect(words(shown(html))).toEqual(words(text));
  });

  it.each(mails)('read well: $language $step, $known', ({ language, step, model }) => {
    const { subject, text, html } = renderer.render(step, language, model);
    expect(subject).toContain('1024-01');
    expect(subject).not.toMatch(/[.!]$/);
    for (const body of [text, shown(html)]) {
      expect(body).toContain('1024-01');
      expect(body).not.toMatch(/undefined|null|NaN|\[object|\{\{|\(\s*\)|@/);
    }
    for (const line of [subject, ...text.split('\n')]) expect(line).not.toMatch(/ {2}|\s[.,:!]|,\.|:\s*:/u);
    expect(html).toContain(`<html lang="${language}" dir="ltr"`);
  });

  it.each([
    ['en-US', 'Subtotal (3 items): €237.50', 'placed on March 2, 2026'],
    ['es-MX', 'Subtotal (3 artículos): EUR 237.50', 'realizado el 2 de marzo de 2026'],
    ['es', 'Subtotal (3 artículos): 237,50 €', 'realizado el 2 de marzo de 2026'],
    ['pt-BR', 'Subtotal (3 itens): € 237,50', 'feito em 2 de março de 2026'],
    ['pt-PT', 'Subtotal (3 itens): 237,50 €', 'feito em 2 de março de 2026'],
  ])('count, price and date as people of %s do', (locale, subtotal, placed) => {
    const { text } = renderer.render('shipped', locale, sampleMailModel);
    expect(text.replace(/[\u00A0\u202F]/g, ' ')).toContain(subtotal);
    expect(text).toContain(placed);
  });

  it.each([
    ['en', '1 item in this package:'],
    ['es', '1 artículo en este paquete:'],
    ['pt', '1 item neste pacote:'],
  ])('have the singular in %s', (locale, line) => {
    const one = { ...sampleMailModel.package!, itemCount: 1 };
    expect(renderer.render('shipped', locale, { ...sampleMailModel, package: one }).text).toContain(line);
  });

  it('show the hour of the store', () => {
    const store = { ...sampleMailModel.store, timeZone: 'America/Bogota' };
    const { text } = renderer.render('delivered', 'es-CO', { ...sampleMailModel, store });
    expect(text.replace(/[\u00A0\u202F]/g, ' ')).toContain('llegó el 6 de marzo de 2026');
    expect(text).toMatch(/5:15/);
  });

  it.each([
    ['tracking-updated', 'note', 'Left the sorting center'],
    ['changed', 'note', 'Left the sorting center'],
    ['changed', 'reason', 'An item is out of stock'],
    ['refunded', 'reason', 'An item is out of stock'],
  ] as const)('tell at %s the %s that the event gave', (step, fact, words) => {
    for (const language of languages) {
      expect(renderer.render(step, language, { ...sampleMailModel, step }).text).toContain(words);
      const without = renderer.render(step, language, { ...sampleMailModel, step, [fact]: '' });
      expect(without.text).not.toContain(words);
    }
  });
});
