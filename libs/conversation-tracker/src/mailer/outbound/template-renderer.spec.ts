import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type OrderStep, orderSteps } from '../../ports/order-events.js';
import { statusMailModel } from './mail-model.js';
import { sampleMailModel } from './sample-model.js';
import { readTemplates } from './template-files.js';
import { TemplateRenderer } from './template-renderer.js';

const store = { name: 'Lar & Cia', timeZone: 'America/Sao_Paulo', currency: 'BRL' };
const item = { name: 'Rede "Sol"', quantity: 2, price: 5500 };
const plainOrder = {
  orderId: 'A-7',
  customer: { name: 'Juan Valdez', email: 'juan@example.com' },
  items: [item],
  total: 11_000,
  currency: 'BRL',
};
const vtexOrder = {
  orderId: 'A-7',
  value: 11_000,
  clientProfileData: { firstName: 'Juan', email: 'juan@example.com' },
  items: [{ ...item, sellingPrice: 5500 }],
  totals: [{ id: 'Shipping', name: 'Total do Frete', value: 0 }],
  shippingData: { address: { receiverName: 'Juan Valdez', street: 'Rua Um', city: 'Recife' } },
  packageAttachment: {
    packages: [
      {
        courier: 'Sul & Norte',
        trackingNumber: 'TS1',
        trackingUrl: 'https://sul.example.com/?a=1&b=2',
        invoiceNumber: '88',
        invoiceUrl: 'https://lar.example.com/88.pdf',
      },
    ],
  },
  storePreferencesData: { currencyCode: 'BRL' },
};
const own = new TemplateRenderer();
const plainSpaces = (text: string): string => text.replace(/\u00A0/g, ' ');

describe('the mail of a step', () => {
  const shapes = { vtex: vtexOrder, plain: plainOrder };
  const cases = orderSteps.flatMap((step) =>
    Object.entries(shapes).map(([shape, order]) => [step, shape, order] as const),
  );

  it.each(cases)('tells of %s from a %s order', (step, _, order) => {
    const { subject, html, text } = own.render(step, 'pt-BR', statusMailModel({ order, step, store }));
    expect(subject).toContain('A-7');
    for (const body of [text, html]) {
      expect(body).toContain('Juan');
      expect(body).toContain('A-7');
      expect(plainSpaces(body)).toContain('R$ 110,00');
      expect(body).not.toMatch(/undefined|null|NaN|\[object|\{\{|@example\.com/);
    }
    expect(text).toContain('Lar & Cia');
    expect(text).toContain('Rede "Sol"');
    expect(text).not.toMatch(/<|&amp;|\n\n\n|[ \t]\n/);
    expect(html).toContain('Lar &amp; Cia');
    expect(html).toContain('Rede &quot;Sol&quot;');
  });

  it.each(orderSteps)('looks right on a phone and in dark mode and loads nothing: %s', (step) => {
    const { html } = own.render(step, 'en', { ...sampleMailModel, step });
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('@media (prefers-color-scheme: dark)');
    expect(html).toContain('name="viewport"');
    expect(html).not.toMatch(/<img|<script|<link|url\(|\bsrc=|@import|@font-face/i);
    expect(html.match(/<table/g)).toHaveLength(html.match(/<\/table>/g)?.length ?? 0);
  });

  it('greets also somebody whose name is not known', () => {
    const { text, html } = own.render('shipped', 'en', { ...sampleMailModel, customer: { firstName: '' } });
    expect(text).toContain('Hello,');
    expect(html).toContain('Hello,');
  });

  it('shows what is to pay also where that is nothing, and no total where there is none', () => {
    const rendered = (total: number | null) => own.render('shipped', 'en', { ...sampleMailModel, total });
    expect(rendered(0).text).toContain('Total: €0.00');
    expect(rendered(0).html).toContain('>Total<');
    expect(rendered(null).text).not.toContain('Total');
    expect(rendered(null).html).not.toContain('>Total<');
  });

  it('leads to the package and to the invoice', () => {
    const shipped = own.render('shipped', 'en', statusMailModel({ order: vtexOrder, step: 'shipped', store }));
    expect(shipped.html).toContain('href="https://sul.example.com/?a&#x3D;1&amp;b&#x3D;2"');
    expect(shipped.text).toContain('\nhttps://sul.example.com/?a=1&b=2\n');
    expect(shipped.text).toContain('Tracking number at Sul & Norte: TS1');
    const invoiced = own.render('invoiced', 'en', statusMailModel({ order: vtexOrder, step: 'invoiced', store }));
    expect(invoiced.html).toContain('href="https://lar.example.com/88.pdf"');
    expect(invoiced.text).toContain('Invoice number: 88');
  });

  it('writes amounts as the store does and days in the language of the text', () => {
    const { text, html } = own.render('payment-approved', 'de-DE', sampleMailModel);
    expect(plainSpaces(text)).toContain('Total: 252,90 €');
    expect(text).toContain('placed on March 2, 2026');
    expect(html).toContain('<html lang="en" dir="ltr"');
    expect(own.render('payment-approved', 'en-GB', sampleMailModel).text).toContain('placed on 2 March 2026');
    expect(own.render('payment-approved', 'no locale', sampleMailModel).text).toContain('March 2, 2026');
  });

  it.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '{{constructor.constructor}}',
    '</td></tr></table>',
    '<!--',
  ])('R40 shows %s in a name as it is written, and nothing else happens', (vector) => {
    const order = {
      ...vtexOrder,
      clientProfileData: { firstName: vector },
      items: [{ ...item, name: vector }],
      totals: [{ id: 'Extra', name: vector, value: 1 }],
      shippingData: { address: { receiverName: vector, street: vector } },
      cancelReason: vector,
      packageAttachment: { packages: [{ courier: vector, trackingNumber: vector, trackingUrl: vector }] },
    };
    for (const step of orderSteps) {
      const hostile = { ...store, name: vector };
      const { html, text } = own.render(step, 'en', statusMailModel({ order, step, store: hostile }));
      const benign = own.render(
        step,
        'en',
        statusMailModel({
          order: JSON.parse(JSON.stringify(order).replaceAll(JSON.stringify(vector).slice(1, -1), 'x')),
          step,
          store: { ...store, name: 'x' },
        }),
      );
      expect(html.match(/[<>]/g)).toEqual(benign.html.match(/[<>]/g));
      expect(html.match(/"/g)).toEqual(benign.html.match(/"/g));
      expect(text).toContain(vector);
    }
  });

  it('R40 has a subject of one plain line, without HTML escapes', () => {
    const order = { ...plainOrder, orderId: 'A & B <7>\r\nBcc: eve\u0000' };
    const { subject } = own.render('shipped', 'en', statusMailModel({ order, step: 'shipped', store }));
    expect(subject).toBe('Order A & B <7> Bcc: eve is on its way');
  });

  it('is refused where the model lacks a variable, by its name and template', () => {
    const { order: _, ...incomplete } = sampleMailModel;
    expect(() => own.render('shipped', 'en', incomplete as typeof sampleMailModel)).toThrow(
      /en\/shipped\.subject\.hbs: the model lacks order/,
    );
    expect(() => own.render('lost' as OrderStep, 'en', sampleMailModel)).toThrow('lost');
  });

  it('cannot reach what the model inherits', () => {
    const inherited = Object.create(sampleMailModel) as typeof sampleMailModel;
    expect(() => own.render('shipped', 'en', inherited)).toThrow();
  });
});

describe("a host's own templates", () => {
  const directories: string[] = [];
  afterEach(async () => {
    await Promise.all(directories.splice(0).map((directory) => rm(directory, { recursive: true })));
  });

  const renderer = async (files: Record<string, string>): Promise<TemplateRenderer> => {
    const directory = await mkdtemp(join(tmpdir(), 'templates-'));
    directories.push(directory);
    for (const [path, source] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), source);
    }
    return new TemplateRenderer(await readTemplates(directory));
  };
  const three = (path: string, words: string): Record<string, string> => ({
    [`${path}.subject.hbs`]: words,
    [`${path}.txt.hbs`]: `${words}\n{{> parts/order.txt}}`,
    [`${path}.html.hbs`]: `{{#> parts/layout.html}}${words}{{/parts/layout.html}}`,
  });

  it('win over ours, file by file', async () => {
    const mails = await renderer({ 'en/shipped.subject.hbs': 'Off it goes: {{order.id}}' });
    expect(mails.render('shipped', 'en', sampleMailModel).subject).toBe('Off it goes: 1024-01');
    expect(mails.render('shipped', 'en', sampleMailModel).text).toContain('with the carrier now');
  });

  it('change a part in every mail that has it', async () => {
    const mails = await renderer({ 'en/parts/greeting.txt.hbs': 'Dear {{customer.firstName}},' });
    expect(mails.render('refunded', 'en', sampleMailModel).text).toContain('Dear Maria,');
    expect(mails.render('refunded', 'en', sampleMailModel).html).toContain('Hi Maria,');
  });

  it('speak the language of the store, the nearest that there is', async () => {
    const mails = await renderer({
      ...three('fr/shipped', 'Commande {{order.id}} partie, {{date order.placedAt}}'),
      ...three('fr-ca/shipped', 'Votre commande {{order.id}} est partie'),
      ...three('ar/shipped', '{{order.id}}'),
    });
    expect(mails.render('shipped', 'fr-CA', sampleMailModel).subject).toBe('Votre commande 1024-01 est partie');
    expect(mails.render('shipped', 'fr-BE', sampleMailModel).subject).toBe('Commande 1024-01 partie, 2 mars 2026');
    expect(mails.render('shipped', 'fr-BE', sampleMailModel).html).toContain('<html lang="fr" dir="ltr"');
    expect(mails.render('shipped', 'ar-EG', sampleMailModel).html).toContain('<html lang="ar" dir="rtl"');
    expect(mails.render('shipped', 'de', sampleMailModel).subject).toBe('Order 1024-01 is on its way');
    expect(mails.render('delivered', 'fr-CA', sampleMailModel).subject).toBe('Order 1024-01 was delivered');
  });

  it('change the frame of every language that has none of its own', async () => {
    const layout = '{{#if store.name}}== {{store.name}} =={{/if}}\n{{> @partial-block}}';
    const mails = await renderer({ 'en/parts/layout.txt.hbs': layout });
    for (const locale of ['en', 'es-AR', 'pt-BR'])
      expect(mails.render('shipped', locale, sampleMailModel).text).toMatch(/^== Example Store ==\n/);
  });

  it('are refused at boot where a part of theirs, which nothing shows, is wrong', async () => {
    const boot = renderer({ 'es/parts/offers.html.hbs': '{{discount}}' });
    await expect(boot).rejects.toThrow('offers.html.hbs:1: the model has no discount');
  });

  it('are refused at boot where a part shows itself', async () => {
    const boot = renderer({ 'pt/parts/greeting.txt.hbs': '{{> parts/greeting.txt}}' });
    await expect(boot).rejects.toMatchObject({ code: 'template-invalid' });
  });

  it('may ask for a variable of a group that there is not', async () => {
    const mails = await renderer({
      'en/shipped.txt.hbs':
        'Left{{#if package.courier}} with {{package.courier}}{{/if}}{{#each package.items}}x{{/each}}{{date package.deliveredAt}}',
    });
    expect(mails.render('shipped', 'en', { ...sampleMailModel, package: null }).text).toBe('Left\n');
    expect(mails.render('shipped', 'en', sampleMailModel).text).toBe('Left with Parcel LinexMarch 6, 2026\n');
  });

  it.each([
    ['Hi\n{{order.number}}', 2, 'order.number'],
    ['Hi\n\n{{#if discount}}x{{/if}}', 3, 'discount'],
    ['{{#if reason}}{{/if}}\n{{#each items}}{{title}}{{/each}}', 2, 'title'],
    ['{{#with package}}{{../customer.email}}{{/with}}', 1, 'customer.email'],
    ['{{toString}}', 1, 'toString'],
    ['{{constructor.constructor}}', 1, 'constructor'],
    ['{{__proto__}}', 1, '__proto__'],
    ['{{items.length}}', 1, 'items.length'],
    ['{{customer}}', 1, 'no text'],
    ['{{money order.id}}', 1, 'amount'],
    ['{{money total currency="EUR"}}', 1, 'money'],
    ['{{plural order.id one="#" other="#"}}', 1, 'count'],
    ['{{plural itemCount}}', 1, 'one="…" other="…"'],
    ['{{plural itemCount other="# items"}}', 1, 'one="…"'],
    ['{{plural itemCount one="#" few="#" other="#"}}', 1, 'forms one, other'],
    ['{{plural itemCount one=order.id other="#"}}', 1, 'quotes'],
    ['{{shout order.id}}', 1, 'helpers are'],
    ['{{log order.id}}', 1, 'helpers are'],
    ['{{#each order}}{{/each}}', 1, 'list'],
    ['{{#each items includeZero=true}}{{/each}}', 1, 'blocks are'],
    ['{{#if total includeNothing=true}}{{/if}}', 1, 'blocks are'],
    ['{{#repeat items}}{{/repeat}}', 1, 'blocks are'],
    ['{{> parts/nowhere.txt}}', 1, 'parts/nowhere.txt'],
    ['{{#each items}}{{> parts/order.txt}}{{/each}}', 1, 'outside'],
    ['{{#*inline "x"}}{{/inline}}', 1, 'parts/'],
    ['{{@root.order.id}}', 1, '@root'],
    ['{{"text"}}', 1, 'names of the model'],
    ['Hi\n{{#if reason}}', 2, 'Parse error'],
    ['Hi\n{{#if reason}}{{/each}}', 2, "doesn't match"],
  ])('are refused at boot for %j, with file and line', async (source, line, what) => {
    const boot = renderer({ 'en/shipped.txt.hbs': source });
    await expect(boot).rejects.toMatchObject({ code: 'template-invalid' });
    await expect(boot).rejects.toThrow(`shipped.txt.hbs:${line}: `);
    await expect(boot).rejects.toThrow(what);
  });

  it.each([
    ['en/shiped.txt.hbs', 'shipped'],
    ['english!/shipped.txt.hbs', 'BCP 47'],
    ['shipped.txt.hbs', '<locale>'],
    ['en/shipped.hbs', '<step>'],
    ['de/shipped.txt.hbs', 'de/shipped.subject.hbs, de/shipped.html.hbs'],
    ['pt-br/changed.txt.hbs', 'pt-BR/changed.subject.hbs'],
  ])('are refused at boot for a file named %s', async (path, what) => {
    await expect(renderer({ [path]: 'x' })).rejects.toThrow(what);
  });

  it('are refused at boot where the directory is not there', async () => {
    const missing = readTemplates(join(tmpdir(), 'no-such-templates'));
    await expect(missing).rejects.toMatchObject({ code: 'configuration-invalid' });
    await expect(missing).rejects.toThrow('templatesDirectory');
  });
});
