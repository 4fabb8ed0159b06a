import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MailStore, statusMailModel } from './mail-model.js';
import { formatsOf } from './template-format.js';

const store: MailStore = { name: 'Lar & Cia', timeZone: 'America/Sao_Paulo', currency: 'USD' };

const vtexOrder = {
  orderId: '1386450-01',
  creationDate: '2026-02-04T20:09:43.899958+00:00',
  value: 14_200,
  totals: [
    { id: 'Items', name: 'Total dos Itens', value: 15_000 },
    { id: 'Discounts', name: 'Total dos Descontos', value: -2000 },
    { id: 'Shipping', name: 'Total do Frete', value: 1000 },
    { id: 'Tax', name: 'Total da Taxa', value: 0 },
    { id: 'Change', name: 'Total das mudanças', value: -300 },
    { id: 'Gift', name: 'Embalagem', value: 500 },
    { id: 'constructor', name: '', value: 0 },
  ],
  clientProfileData: { firstName: 'Nádia', lastName: 'Prado', email: 'nadia.prado@example.com' },
  items: [
    { name: 'Rede de algodão', quantity: 2, price: 6000, sellingPrice: 5500, priceDefinition: { total: 10_999 } },
    { name: 'Gancho', quantity: 1, price: 4001 },
  ],
  shippingData: {
    address: {
      addressType: 'residential',
      receiverName: 'Nádia Prado',
      street: 'Rua das Flores',
      number: '12',
      complement: null,
      neighborhood: 'Centro',
      city: 'Recife',
      state: 'PE',
      postalCode: '50010-000',
      country: 'BRA',
    },
  },
  packageAttachment: {
    packages: [
      {
        courier: 'Transporte Sul',
        trackingNumber: 'TS1',
        trackingUrl: 'https://sul.example.com/TS1',
        invoiceNumber: '88',
        items: [{ itemIndex: 0, quantity: 2 }],
        courierStatus: { deliveredDate: '2026-02-09T12:00:00Z' },
      },
      { courier: 'Rápido', trackingNumber: 'R2', invoiceNumber: '89', invoiceUrl: 'javascript:alert(1)', items: [] },
    ],
  },
  cancellationData: { Reason: 'O cliente desistiu' },
  storePreferencesData: { currencyCode: 'BRL', timeZone: 'E. South America Standard Time' },
};

const plainOrder = {
  orderId: 'A-7',
  customer: { name: 'Juan Valdez', email: 'juan.valdez@example.com' },
  items: [{ name: 'Coffee', quantity: 3, price: 1250 }],
  total: 3750,
  currency: 'cop',
};

describe('the variables of a status mail', () => {
  it('are read from an order as VTEX writes it', () => {
    expect(statusMailModel({ order: vtexOrder, step: 'payment-approved', store })).toEqual({
      step: 'payment-approved',
      store: { name: 'Lar & Cia', timeZone: 'America/Sao_Paulo' },
      customer: { firstName: 'Nádia' },
      order: { id: '1386450-01', placedAt: Date.parse('2026-02-04T20:09:43.899Z') },
      currency: 'BRL',
      items: [
        { name: 'Rede de algodão', quantity: 2, price: 5500, amount: 10_999 },
        { name: 'Gancho', quantity: 1, price: 4001, amount: 4001 },
      ],
      itemCount: 3,
      totals: {
        items: 15_000,
        discounts: -2000,
        shipping: 1000,
        tax: 0,
        changes: -300,
        other: [{ name: 'Embalagem', value: 500 }],
      },
      total: 14_200,
      shippingAddress: {
        pickup: false,
        lines: ['Nádia Prado', 'Rua das Flores, 12', 'Centro', 'Recife, PE 50010-000'],
      },
      package: {
        courier: 'Rápido',
        trackingNumber: 'R2',
        trackingUrl: '',
        invoiceNumber: '89',
        invoiceUrl: '',
        items: [],
        itemCount: 0,
        deliveredAt: null,
      },
      reason: '',
      note: '',
      refundAmount: null,
      estimatedDelivery: null,
      deliveredAt: null,
    });
  });

  it('are read from a plain order', () => {
    expect(statusMailModel({ order: plainOrder, step: 'shipped', store })).toMatchObject({
      customer: { firstName: 'Juan' },
      order: { id: 'A-7', placedAt: null },
      currency: 'COP',
      items: [{ name: 'Coffee', quantity: 3, price: 1250, amount: 3750 }],
      totals: { items: null, discounts: null, shipping: null, tax: null, changes: null, other: [] },
      total: 3750,
      shippingAddress: null,
      package: null,
    });
  });

  it('tell of the package that the step names, and what lies in it', () => {
    const data = { trackingNumber: 'TS1' };
    const model = statusMailModel({ order: vtexOrder, step: 'delivered', data, store });
    expect(model.package).toMatchObject({
      courier: 'Transporte Sul',
      trackingUrl: 'https://sul.example.com/TS1',
      items: [{ name: 'Rede de algodão', quantity: 2 }],
      itemCount: 2,
    });
    expect(model.deliveredAt).toBe(Date.parse('2026-02-09T12:00:00Z'));
  });

  it('take what the step says before what the order says, and never mix two packages', () => {
    const data = { courier: 'Moto', trackingNumber: 'M9', trackingUrl: 'https://moto.example.com/?n=M9&x="' };
    const model = statusMailModel({ order: vtexOrder, step: 'shipped', data, store });
    expect(model.package).toMatchObject({
      courier: 'Moto',
      trackingNumber: 'M9',
      trackingUrl: 'https://moto.example.com/?n=M9&x=%22',
      invoiceNumber: '',
    });
  });

  it('give the reason of a cancellation in the mail about it alone', () => {
    const reason = (step: 'canceled' | 'shipped', data = {}): string =>
      statusMailModel({ order: vtexOrder, step, data, store }).reason;
    expect(reason('canceled')).toBe('O cliente desistiu');
    expect(reason('canceled', { reason: 'Sem estoque' })).toBe('Sem estoque');
    expect(reason('shipped')).toBe('');
  });

  it('say in the words of the event what there is to say', () => {
    const data = { note: 'Saiu para entrega\n(nadia.prado@example.com)' };
    const { note } = statusMailModel({ order: vtexOrder, step: 'tracking-updated', data, store });
    expect(note).toBe('Saiu para entrega ( )');
  });

  it.each(['Pacific/Honolulu', 'America/Sao_Paulo', 'UTC', 'Asia/Tokyo', 'Pacific/Auckland'])(
    'keep a day that was promised without an hour that day in %s',
    (timeZone) => {
      const data = { estimatedDelivery: '2026-03-06' };
      const { estimatedDelivery } = statusMailModel({ order: {}, step: 'shipped', data, store });
      expect(
        formatsOf({ numberLocale: 'en', dateLocale: 'en', currency: 'USD', timeZone }).date(estimatedDelivery),
      ).toBe('March 6, 2026');
    },
  );

  it.each([
    ['America/Sao_Paulo', 'America/Sao_Paulo'],
    ['E. South America Standard Time', 'UTC'],
    ['-03:00', 'UTC'],
    ['', 'UTC'],
  ])('have the time zone %j as %s', (timeZone, used) => {
    expect(statusMailModel({ order: {}, step: 'shipped', store: { ...store, timeZone } }).store.timeZone).toBe(used);
  });

  it.each([
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    ['ftp://files.example.com/'],
    ['//evil.example.com'],
    ['/tracking/1'],
    ['https://user:secret@example.com/'],
    ['https://carrier.example.com/?mail=nadia.prado@example.com'],
    ['https://carrier.example.com/?mail=nadia.prado%40example.com'],
    ['https://carrier.example.com/?mail=nadia.prado%2540example.com'],
    [`https://carrier.example.com/${'a'.repeat(2000)}`],
    [42],
  ])('R40 have no link to %.60s', (trackingUrl) => {
    expect(statusMailModel({ order: {}, step: 'shipped', data: { trackingUrl }, store }).package).toBeNull();
  });

  it.each([
    ['Ask nadia.prado@example.com', 'Ask'],
    ['Ask <nadia.prado@example.com>, please', 'Ask < >, please'],
    ['Ask nadia.prado\uFF20example.com', 'Ask'],
    ['Ask nadia\u200B.prado@\u200Bexample.com', 'Ask'],
    ['Ask "nadia prado"@example.com', 'Ask'],
    ['Ask mailto:nadia%40example.com', 'Ask mailto:'],
    ['Pen drive 64GB @ USB 3', 'Pen drive 64GB @ USB 3'],
    ['Package pkg@1.2.3', 'Package pkg@1.2.3'],
    ['two\r\nlines\u0000\u202Eback', 'two linesback'],
    ['می‌خواهم', 'می‌خواهم'],
    ['x'.repeat(600), `${'x'.repeat(499)}…`],
  ])('R40 hold the reason %.40j as one line without an address', (reason, shown) => {
    expect(statusMailModel({ order: {}, step: 'canceled', data: { reason }, store }).reason).toBe(shown);
  });

  it('R31 hold no e-mail address, wherever the order has one', () => {
    const address = 'nadia.prado@example.com';
    const spread = (value: unknown): unknown => {
      if (typeof value === 'string') return `${value} ${address}`;
      if (Array.isArray(value)) return value.map(spread);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, spread(inner)]));
    };
    const order = spread(vtexOrder) as object;
    for (const data of [{}, { reason: address, courier: address, invoiceUrl: `https://x.example.com/${address}` }]) {
      const model = statusMailModel({ order, step: 'canceled', data, store: { ...store, name: `Shop ${address}` } });
      expect(JSON.stringify(model)).not.toContain('@');
    }
  });

  it('have no minus before a zero', () => {
    const order = { total: -0.2, items: [{ price: -1, quantity: 0 }] };
    const { total, items } = statusMailModel({ order, step: 'shipped', store });
    expect([total, items[0].amount]).toEqual([0, 0]);
  });

  it('are complete for any JSON at all', () => {
    const keys = fc.constantFrom(
      'orderId',
      'items',
      'totals',
      'customer',
      'shippingData',
      'packageAttachment',
      'value',
    );
    fc.assert(
      fc.property(fc.dictionary(keys, fc.jsonValue()), (order) => {
        const model = statusMailModel({ order, step: 'shipped', store });
        expect(Object.values(model)).not.toContain(undefined);
        expect(JSON.parse(JSON.stringify(model))).toEqual(model);
      }),
    );
  });
});
