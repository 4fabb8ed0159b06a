import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskOrderText } from '../../message/order-text/mask-order-text.js';
import { orderIdsOf, restoreBody } from './restore-body.js';

const ana = 'ana@customer.example';
const people = new Map([
  [ana, `${'a1'.repeat(16)}@ct.example.com`],
  ['bob.smith@seller.example', 'bob.smith@seller.example-207700027841b.ct.example.com'],
  ['"eve x"@odd.example', `${'c3'.repeat(16)}@ct.example.com`],
  ['nobody at all', `${'d4'.repeat(16)}@ct.example.com`],
]);
const trackerDomains = ['ct.example.com', 'old.example.com'];
const masking = { aliases: people, placeholder: 'undisclosed@ct.example.com', trackerDomains };
const restoring = { addresses: new Map([...people].map(([real, alias]) => [alias, real])), trackerDomains };
const restore = (body: unknown, orderId: string | undefined = 'o-1') =>
  restoreBody({ body, orderId, orderIdProperty: 'orderId' }, () => restoring);

describe('what was masked and comes back', () => {
  it('is what it was before, wherever the addresses of the order stand', () => {
    const address = fc.constantFrom(...[...people.keys()].filter((text) => text.includes('@') && !text.includes('"')));
    const hidden = [
      (text: string) => text,
      (text: string) => ` ${text} `,
      (text: string) => `Dear <${text}>, hello`,
      (text: string) => `https://x.example/?to=${encodeURIComponent(text)}&n=1`,
      (text: string) => JSON.stringify({ email: text, list: [text] }),
      (text: string) => JSON.stringify({ deep: JSON.stringify({ [text]: text }) }),
      (text: string) => text.replace('@', '&#64;'),
    ];
    const value = fc.oneof(
      fc.tuple(address, fc.constantFrom(...hidden)).map(([text, hide]) => hide(text)),
      fc.string().filter((text) => !/[@*&%]/.test(text)),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    const key = fc.constantFrom('text', 'note', 'ana', ana);
    const body = fc.dictionary(key, fc.oneof(value, fc.array(value)), { noNullPrototype: true });
    fc.assert(
      fc.property(body, (order) => {
        const masked = JSON.parse(maskOrderText(JSON.stringify(order), masking).text) as unknown;
        const { body, errors } = restore(masked);
        expect(errors).toEqual([]);
        expect(body).toEqual(order);
      }),
      { numRuns: 500 },
    );
  });

  it('is an address that no mail server takes, or with quotes, too', () => {
    const order = { customer: { email: 'nobody at all' }, other: '"eve x"@odd.example' };
    const { text } = maskOrderText(JSON.stringify(order), masking);
    expect(text).not.toMatch(/nobody|eve/);
    expect(restore(JSON.parse(text)).body).toEqual(order);
    const inJson = JSON.stringify({ to: people.get(order.other) });
    expect(JSON.parse((restore({ raw: inJson }).body as { raw: string }).raw)).toEqual({ to: order.other });
  });

  it('is refused in JSON inside JSON where its address would break it', () => {
    const raw = JSON.stringify({ deep: JSON.stringify({ to: people.get('"eve x"@odd.example') }) });
    expect(restore({ raw }).errors).toEqual([{ field: 'raw', message: expect.stringContaining('JSON inside JSON') }]);
  });

  it('is left alone where it holds no alias: the very same objects, bytes and dates', () => {
    const body = { orderId: '1', at: new Date(0), bytes: Buffer.from(ana), list: [{ email: 'x@y.example' }] };
    expect(restore(body).body).toBe(body);
  });

  it('keeps a member named __proto__ for what it is', () => {
    const body: unknown = JSON.parse(`{"__proto__":{"email":"${people.get(ana)}"}}`);
    expect(JSON.stringify(restore(body).body)).toBe(`{"__proto__":{"email":"${ana}"}}`);
  });

  it('is refused where two members would become one', () => {
    const { errors } = restore({ [ana]: 1, [people.get(ana)!]: 2 });
    expect(errors).toEqual([{ field: '["*"]', message: 'would have the name of another member' }]);
  });

  it('names every path that cannot be taken', () => {
    const { errors } = restore({
      a: '***',
      b: [{ c: 'undisclosed@old.example.com' }],
      d: 'fine *** here',
      email: '+1***',
    });
    expect(errors.map(({ field }) => field)).toEqual(['a', 'b[0].c', 'email']);
    expect(restore('***').errors.map(({ field }) => field)).toEqual(['$']);
  });
});

describe('the orders of a body', () => {
  it('are those that its objects name, unless the route names one', () => {
    const body = { list: [{ orderId: 'a' }, { orderId: 7, replaces: { orderId: 'b' } }, { orderId: '' }, null] };
    const named = { body, orderIdProperty: 'orderId' };
    expect(orderIdsOf({ ...named, orderId: undefined }).toSorted()).toEqual(['7', 'a', 'b']);
    expect(orderIdsOf({ ...named, orderId: 'x' })).toEqual(['x']);
  });
});
