import { generateKeyPairSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { KeyRing } from '../../persistence/key-ring.js';
import { orderSteps } from '../../ports/order-events.js';
import { defaultStoreSettings } from '../../settings/store-settings-values.js';
import { MailComposer, type MailToCompose } from './mail-composer.js';
import { TemplateRenderer } from './template-renderer.js';

const keySet = () => ({ current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });
const keys = new KeyRing({ encryption: keySet(), index: keySet(), alias: keySet() });
const options = { trackerDomain: 'ct.example.com', formerTrackerDomains: ['old.example.com'] };
const templates = new TemplateRenderer();
const composer = new MailComposer(templates, keys, options);

const customer = 'nadia.prado@correio.example';
const operator = 'caio@localhost';
const storeAlias = 'ff2e6348a53a4d449af92be2a1011328@ct.example.com';
const customerAlias = 'nadia.prado@correio.example-207700027841b.ct.example.com';
const order = {
  orderId: 'A-7',
  creationDate: '2026-02-04T20:09:43Z',
  value: 14_200,
  clientProfileData: { firstName: 'Nádia', email: customer },
  items: [{ name: `Rede & "Sol" (pergunte a ${operator})`, quantity: 2, sellingPrice: 5500 }],
  totals: [{ id: 'Shipping', name: 'Frete', value: 3200 }],
  shippingData: {
    address: { receiverName: `Nádia ${customer}`, street: 'Rua das Flores', number: '12', city: 'Recife' },
    logisticsInfo: [{ shippingEstimateDate: '2026-03-09T10:00:00Z' }],
  },
  packageAttachment: {
    packages: [{ courier: 'Sul', trackingNumber: 'TS1', trackingUrl: 'https://sul.example/TS1', invoiceNumber: '88' }],
  },
  openTextField: { value: `ligue ou escreva a ${customer}` },
  storePreferencesData: { currencyCode: 'BRL' },
};
const mail: MailToCompose = {
  storeId: 'lar',
  orderId: 'A-7',
  step: 'shipped',
  order,
  settings: { ...defaultStoreSettings, locale: 'pt-BR', timeZone: 'America/Sao_Paulo' },
  messageId: 'row-1',
  from: { address: storeAlias, name: 'Lar & Cia' },
  to: { address: customerAlias, name: 'Nádia Prado' },
  date: Date.UTC(2026, 2, 4, 12),
  protect: [customer, operator],
};
const headersOf = (raw: Buffer): string => raw.subarray(0, raw.indexOf('\r\n\r\n') + 2).toString('latin1');

describe('the mail of an order step', () => {
  it('R31 comes from the store and goes to the customer, both by their aliases', async () => {
    const { raw } = await composer.compose(mail);
    const { from, to, replyTo, cc, bcc } = await simpleParser(raw);
    expect(from?.value).toEqual([{ name: 'Lar & Cia', address: storeAlias }]);
    expect(to).toMatchObject({ value: [{ name: 'Nádia Prado', address: customerAlias }] });
    expect([replyTo, cc, bcc]).toEqual([undefined, undefined, undefined]);
  });

  it('R24, R28 says that a machine wrote it and is no list mail', async () => {
    const headers = headersOf((await composer.compose(mail)).raw);
    expect(headers).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(headers).toMatch(/^X-Auto-Response-Suppress: All\r$/m);
    expect(headers).not.toMatch(/^(?:List-|Precedence|X-Mailer|Reply-To|Bcc|Sender)/im);
  });

  it('is read the same as text and as HTML by any mail program (R35)', async () => {
    const { raw, subject, text, html } = await composer.compose(mail);
    const parsed = await simpleParser(raw);
    expect(parsed.subject).toBe(subject);
    expect(parsed.text).toBe(text);
    expect(String(parsed.html).replace(/\r\n/g, '\n')).toBe(html);
    expect(parsed.date).toEqual(new Date(mail.date));
    expect(parsed.attachments).toEqual([]);
    expect(raw.toString('latin1')).toMatch(/^Content-Type: multipart\/alternative;/m);
    expect(text.indexOf('R$')).toBeGreaterThan(0);
  });

  it.each(orderSteps)('tells the same in both parts: %s (R35)', async (step) => {
    const data = { reason: 'Sem estoque', refundAmount: 14_200, deliveredAt: '2026-03-04T10:00:00Z' };
    const { text, html } = await composer.compose({ ...mail, step, data });
    const visible = html
      .replace(/<head>.*<\/head>/s, '')
      .replace(/<a [^>]*href="([^"]*)"[^>]*>/g, '$1 ')
      .replace(/<[^>]*>/g, ' ')
      .replace(/&amp;/g, '&')
      .replace(/&quot;/g, '"')
      .replace(/&times;/g, 'x')
      .replace(/&nbsp;|\u00A0|\u202F/g, ' ');
    const facts = text.match(/R\$\s?[\d.,]+|\d{4}|https?:\/\/\S+|TS1|88|Rede|Rua das Flores, 12|Recife|Sem estoque/g)!;
    for (const fact of facts) expect(visible).toContain(fact.replace(/[\u00A0\u202F]/g, ' '));
    const words = (body: string): string[] => body.match(/\p{L}{3,}/gu)!;
    expect(new Set(words(visible.replace(/https?:\S+/g, '')))).toEqual(new Set(words(text.replace(/https?:\S+/g, ''))));
  });

  it('is seven bits wide in lines that every server takes (RFC 5321 §4.5.3.1.6)', async () => {
    const name = 'Ł'.repeat(300);
    const { raw } = await composer.compose({ ...mail, order: { ...order, items: [{ name, price: 1 }] } });
    expect(raw.every((octet) => octet < 128)).toBe(true);
    const lines = raw.toString('latin1').split('\r\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(78);
    expect(lines.join('')).not.toMatch(/[\r\n\0]/);
  });

  it.each(orderSteps)('R31 shows no real address of the order: %s', async (step) => {
    const { raw, text, html, subject } = await composer.compose({
      ...mail,
      step,
      data: { reason: `siehe ${customer}` },
    });
    const parsed = await simpleParser(raw);
    for (const part of [parsed.text!, String(parsed.html), text, html, subject]) {
      expect(part).not.toContain('nadia.prado');
      expect(part).not.toMatch(/\w@\w|localhost/);
    }
  });

  it('never takes a real address for an alias', async () => {
    for (const address of [
      customer,
      'x@ct.example.com.evil.example',
      'no address',
      'a b@ct.example.com',
      'ü@ct.example.com',
    ]) {
      await expect(composer.compose({ ...mail, to: { address } })).rejects.toMatchObject({ code: 'invalid-input' });
      await expect(composer.compose({ ...mail, from: { address } })).rejects.toMatchObject({ code: 'invalid-input' });
    }
    await expect(composer.compose({ ...mail, from: { address: 'x@old.example.com' } })).resolves.toBeDefined();
  });

  it('R37 is not made where a real address would show after all', async () => {
    const template = { locale: 'pt', name: 'shipped', kind: 'txt', origin: 'own' } as const;
    const leaking = new MailComposer(
      new TemplateRenderer([{ ...template, source: `Ask ${customer} about {{order.id}}` }]),
      keys,
      options,
    );
    const made = leaking.compose(mail);
    await expect(made).rejects.toMatchObject({ code: 'address-leak' });
    await expect(made).rejects.not.toThrow('nadia');
    const publicAddresses = [customer];
    await expect(leaking.compose({ ...mail, settings: { ...mail.settings, publicAddresses } })).resolves.toBeDefined();
  });

  it('R40 has no header that a name smuggled in', async () => {
    const evil = 'Eve\r\nBcc: eve@evil.example\0\r\n\r\nHello <eve@evil.example>';
    const { raw, subject } = await composer.compose({
      ...mail,
      orderId: evil,
      from: { address: storeAlias, name: evil },
      to: { address: customerAlias, name: evil },
      earlier: ['<a@ct.example.com>\r\nBcc: eve@evil.example', '<ok@ct.example.com>'],
    });
    expect(headersOf(raw)).not.toMatch(/^Bcc|evil\.example|\0/im);
    expect(subject).toBe('Seu pedido Eve Bcc: Hello < > está a caminho');
    const { references, headerLines } = await simpleParser(raw);
    expect(references).toContain('<ok@ct.example.com>');
    expect(headerLines.map(({ key }) => key).sort()).toEqual(
      'auto-submitted content-type date from in-reply-to message-id mime-version references subject to x-auto-response-suppress'.split(
        ' ',
      ),
    );
  });

  it('R40 has the same headers and not one stray octet, whatever the names of an order are', async () => {
    const headerNames = (raw: Buffer): string[] => headersOf(raw).match(/^[\w-]+(?=:)/gm)!;
    const expected = headerNames((await composer.compose(mail)).raw);
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom('\r', '\n', '\0', '"', '<', '>', '@', '=?utf-8?Q?', '?=', ':', 'a', ' ', 'ü', '\ud83d'),
      }),
    );
    await fc.assert(
      fc.asyncProperty(text, text, text, async (name, orderId, reason) => {
        const { raw, subject } = await composer.compose({
          ...mail,
          step: 'canceled',
          orderId,
          order: { ...order, items: [{ name, price: 1 }] },
          data: { reason },
          from: { address: storeAlias, name },
          to: { address: customerAlias, name: reason },
        });
        expect(headerNames(raw)).toEqual(expected);
        expect(raw.every((octet) => octet < 128 && octet !== 0)).toBe(true);
        expect(raw.toString('latin1').replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
        expect(subject).not.toMatch(/[\p{Cc}\p{Cs}]/u);
        expect((await simpleParser(raw)).subject).toBe(subject);
      }),
      { numRuns: 60 },
    );
  });

  it('R40 has a subject that reads as it was written, also where the order is named like an encoded word', async () => {
    const orderId = '=?utf-8?Q?eve=40evil.example?=';
    for (const locale of ['en', 'pt-BR']) {
      const { raw, subject } = await composer.compose({ ...mail, orderId, settings: { ...mail.settings, locale } });
      expect(subject).toContain('= ?utf-8?Q?eve=40evil.example?=');
      expect((await simpleParser(raw)).subject).toBe(subject);
    }
  });

  it('R38 is signed where a key is set, over the bytes that it has without', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const signing = new MailComposer(templates, keys, { ...options, dkim: { selector: 's1', privateKey: pem } });
    const [signed, unsigned] = await Promise.all([signing.compose(mail), composer.compose(mail)]);
    const signature = signed.raw.subarray(0, signed.raw.length - unsigned.raw.length).toString('latin1');
    expect(signed.raw.subarray(-unsigned.raw.length).equals(unsigned.raw)).toBe(true);
    expect(signature).toMatch(/^DKIM-Signature: [^]*d=ct\.example\.com;[^]*\r\n$/);
    const broken = { ...options, dkim: { selector: 's1', privateKey: 'x' } };
    expect(() => new MailComposer(templates, keys, broken)).toThrow('dkim.privateKey');
  });

  it('shows the aliases alone where there are no names', async () => {
    const { raw, text } = await composer.compose({
      ...mail,
      from: { address: storeAlias },
      to: { address: customerAlias },
    });
    const { from, to } = await simpleParser(raw);
    expect(from?.value).toEqual([{ name: '', address: storeAlias }]);
    expect(to).toMatchObject({ value: [{ name: '', address: customerAlias }] });
    expect(text).toMatch(/^Seu pedido está a caminho\n/);
    expect(text).toMatch(/porque fez o pedido A-7\.\n$/);
  });

  it('is named by the settings of the store where the caller gives no name', async () => {
    const settings = { ...mail.settings, senderName: 'Casa Lar' };
    const { raw, text } = await composer.compose({ ...mail, settings, from: { address: storeAlias, name: undefined } });
    expect((await simpleParser(raw)).from?.value[0].name).toBe('Casa Lar');
    expect(text).toMatch(/^Casa Lar\n/);
  });

  it('is the same to the byte when it is made again, and another one for another row (R33)', async () => {
    const once = await composer.compose(mail);
    const again = await composer.compose(mail);
    expect(again.raw.equals(once.raw)).toBe(true);
    expect(again.internetMessageId).toBe(once.internetMessageId);
    const other = await composer.compose({ ...mail, messageId: 'row-2' });
    expect(other.internetMessageId).not.toBe(once.internetMessageId);
    expect((await simpleParser(once.raw)).messageId).toBe(once.internetMessageId);
  });

  it('R33 stands in one thread with the other mails of its order, and with those of no other order', async () => {
    const shipped = await composer.compose(mail);
    const delivered = await composer.compose({ ...mail, step: 'delivered', messageId: 'row-2' });
    const foreign = await composer.compose({ ...mail, orderId: 'A-8', messageId: 'row-3' });
    expect(delivered.references[0]).toBe(shipped.references[0]);
    expect(foreign.references[0]).not.toBe(shipped.references[0]);
    const parsed = await simpleParser(delivered.raw);
    expect([parsed.inReplyTo]).toEqual([delivered.inReplyTo]);
    expect(parsed.references).toEqual(delivered.references);
    expect(delivered.references).toContain(delivered.internetMessageId);
    const following = await composer.compose({ ...mail, earlier: [shipped.internetMessageId] });
    expect(following.inReplyTo).toBe(shipped.internetMessageId);
  });

  it('names the order as the host does, whatever its JSON calls the id', async () => {
    const { orderId: _, ...unnamed } = order;
    const { subject } = await composer.compose({ ...mail, orderId: 'B-9', order: { ...unnamed, id: 'B-9' } });
    expect(subject).toBe('Seu pedido B-9 está a caminho');
  });

  it('promises the day that the order names, until it has passed', async () => {
    expect((await composer.compose(mail)).text).toContain('O pedido deve chegar até 9 de março de 2026.');
    const late = await composer.compose({ ...mail, date: Date.UTC(2026, 2, 12) });
    expect(late.text).not.toContain('It should arrive');
  });

  it('is not made of an order that is no JSON, and what is said of it quotes nothing', async () => {
    const circular: Record<string, unknown> = { ...order };
    circular.self = circular;
    const made = composer.compose({ ...mail, order: circular });
    await expect(made).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(composer.compose({ ...mail, order: { ...order, weight: 10n } })).resolves.toBeDefined();
  });
});
