import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldAddress } from '../../kernel/email-address.js';
import { maskOrderText, maskScopedText } from './mask-order-text.js';
import { orderScopes, scopeByOrder } from './order-scopes.js';
import type { OrderScope } from './order-scope.js';

const placeholder = 'undisclosed@ct.example.com';
const scope = (aliases: Record<string, string>): OrderScope => ({
  aliases: new Map(Object.entries(aliases).map(([address, alias]) => [foldAddress(address), alias])),
  placeholder,
  trackerDomains: ['ct.example.com'],
});
const aliasIn = (orderId: string, who: string): string =>
  `${who}.${Buffer.from(orderId).toString('hex')}@ct.example.com`;
const outside = scope({});

/** Ana and Bob are known in every order, Zoe and the broken `ana at x` in those with an even number of characters. */
const knownIn = (orderId: string): Record<string, string> => ({
  'ana@x.com': aliasIn(orderId, 'ana'),
  'bob+tag@y.com.br': aliasIn(orderId, 'bob'),
  ...(orderId.length % 2 === 0
    ? { "o'zoe@z.example": aliasIn(orderId, 'zoe'), 'ana at x': aliasIn(orderId, 'broken') }
    : {}),
});
const scopeOf = (orderId: string): OrderScope => scope(knownIn(orderId));
const mask = (text: string) => maskScopedText(text, scopeByOrder(orderScopes(text), scopeOf, outside));

describe('a text of several orders', () => {
  it('shows each address as the order around it knows it', () => {
    const orders = [
      { orderId: '1', email: 'ana@x.com' },
      { orderId: '22', customer: { email: 'ANA@x.com' } },
    ];
    const text = JSON.stringify({ seenBy: 'ana@x.com', orders });
    expect(JSON.parse(mask(text).text)).toEqual({
      seenBy: placeholder,
      orders: [
        { orderId: '1', email: aliasIn('1', 'ana') },
        { orderId: '22', customer: { email: aliasIn('22', 'ana') } },
      ],
    });
  });

  it('shows in an order inside an order what the inner one knows, and after it the outer one again', () => {
    const order = {
      orderId: 'outer',
      before: 'ana@x.com',
      replaces: { note: '{"orderId":"no","email":"ana@x.com"}', orderId: 'inner' },
      after: 'ana@x.com',
    };
    expect(JSON.parse(mask(JSON.stringify(order)).text)).toEqual({
      ...order,
      before: aliasIn('outer', 'ana'),
      replaces: { ...order.replaces, note: `{"orderId":"no","email":"${aliasIn('inner', 'ana')}"}` },
      after: aliasIn('outer', 'ana'),
    });
  });

  it('asks for an alias where an order does not know its participant, and for nobody outside of orders', () => {
    expect(mask('{"email":"eve@evil.test","orders":[{"orderId":"1","email":"ana@x.com"}]}').unresolved).toBe(false);
    expect(mask('{"orders":[{"orderId":"1","email":"eve@evil.test"}]}').unresolved).toBe(true);
  });

  it('masks a broken address outside of orders whole', () => {
    expect(mask('{"email":"eve @evil.test","orders":[{"orderId":"1"}]}').text).toBe(
      `{"email":"${placeholder}","orders":[{"orderId":"1"}]}`,
    );
  });
});

describe("a customer's email without any at sign", () => {
  it.each([
    ['{"clientProfileData":{"email":"ana at x"}}', '{"clientProfileData":{"email":"A"}}'],
    ['{"customer":{"name":"ana at x","email":" Ana At X "}}', '{"customer":{"name":"ana at x","email":"A"}}'],
    ['{"buyer":[{"emailAddress":"ana at x"}]}', '{"buyer":[{"emailAddress":"A"}]}'],
    [String.raw`{"client":{"email":"\u0061na at x"},"a":"}"}`, '{"client":{"email":"A"},"a":"}"}'],
    ['{"seller":{"email":"ana at x"}}', '{"seller":{"email":"ana at x"}}'],
    ['{"customer":{"email":["ana at x"]}}', '{"customer":{"email":["ana at x"]}}'],
    ['{"customer":{"email":""}}', '{"customer":{"email":""}}'],
  ])('becomes its alias where the order knows it: %s', (text, expected) => {
    const known = scope({ 'ana at x': aliasIn('1', 'ana') });
    expect(maskOrderText(text, known).text).toBe(expected.replace('"A"', `"${aliasIn('1', 'ana')}"`));
  });

  it('becomes the placeholder beside it, and an alias is asked for', () => {
    const known = scope({ 'ana at x': aliasIn('1', 'ana') });
    expect(maskOrderText('{"customer":{"email":"bob at y"}}', known)).toEqual({
      text: `{"customer":{"email":"${placeholder}"}}`,
      replaced: 1,
      unresolved: true,
    });
  });

  it('is masked in a text of several orders by the order around it', () => {
    const text = JSON.stringify([{ orderId: '22', customer: { email: 'ana at x' } }]);
    expect(JSON.parse(mask(text).text)).toEqual([{ orderId: '22', customer: { email: aliasIn('22', 'broken') } }]);
  });

  it('leaves edited keys of the same object distinct', () => {
    const text = '{"customer":{"p@evil.test":1,"q@evil.test":2,"email":"ana at x"}}';
    expect(JSON.parse(maskOrderText(text, scope({ 'ana at x': 'A@ct.example.com' })).text)).toEqual({
      customer: { [placeholder]: 1, [`${placeholder}#2`]: 2, email: 'A@ct.example.com' },
    });
  });
});

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const addresses = ['ana@x.com', 'bob+tag@y.com.br', "o'zoe@z.example", 'eve@evil.test'];
const separators = [
  ' ',
  '\n',
  '\t',
  ', ',
  '; ',
  ' "',
  '" ',
  ' <',
  '> ',
  '\\ ',
  ' \u0007',
  ' é ',
  ' 🛒 ',
  ' {} ',
  ' : ',
  ']',
];

const prose = fc
  .array(fc.tuple(fc.constantFrom(...addresses, 'retina', '1-01', ''), fc.constantFrom(...separators)), {
    maxLength: 4,
  })
  .map((words) => words.flat().join(''));
const orderId = fc.oneof(fc.constantFrom('1', '22', String.raw`a"b\c`, '}\n{', 'ana at x', ''), fc.integer());
const broken = fc.constantFrom('ana at x', 'nobody', ...addresses);

const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    prose,
    fc.constantFrom<Json>(...addresses, null, true, 1.5, {}, []),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('email', 'note', 'a"b', 'x\\', 'list'), tie('json'), { noNullPrototype: true }),
    fc.record({ orderId, email: prose, inner: tie('json') }, { noNullPrototype: true }),
    fc.record({ first: tie('json'), orderId, last: tie('json') }, { noNullPrototype: true }),
    fc.record({ customer: fc.record({ email: broken }, { noNullPrototype: true }) }, { noNullPrototype: true }),
    tie('json').map((value) => JSON.stringify({ value })),
  ),
}));

/** The slow and plain way: parse, walk, replace, stringify. */
function reference(value: Json, known: Record<string, string>, parent = '', key = ''): Json {
  if (typeof value === 'string') return masked(value, known, parent, key);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => reference(element, known, parent));
  const id = value['orderId'];
  const number = typeof id === 'number' && Number.isInteger(id) ? String(id) : '';
  const orderId = typeof id === 'string' ? id : number;
  const here = orderId === '' ? known : knownIn(orderId);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, reference(member, here, key, name)]));
}

function masked(text: string, known: Record<string, string>, parent: string, key: string): string {
  if (isWrapped(text)) return JSON.stringify(inString(JSON.parse(text) as Json, known));
  if (key !== 'email' || isJson(text)) return replaced(text, known);
  if (text.includes('@')) return text.replace(text.trim(), known[text.trim()] ?? placeholder);
  return parent === 'customer' && text !== '' ? (known[text] ?? placeholder) : text;
}

/** JSON in a string: no orders, no roles. */
function inString(value: Json, known: Record<string, string>): Json {
  if (typeof value === 'string') {
    return isWrapped(value) ? JSON.stringify(inString(JSON.parse(value) as Json, known)) : replaced(value, known);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => inString(element, known));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inString(member, known)]));
}

function isWrapped(text: string): boolean {
  return text.startsWith('{"value":');
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) !== 'number';
  } catch {
    return false;
  }
}

function replaced(text: string, known: Record<string, string>): string {
  return text.replaceAll(/ana@x\.com|bob\+tag@y\.com\.br|o'zoe@z\.example|eve@evil\.test/g, (address) => {
    return known[address] ?? placeholder;
  });
}

describe('the quick way over text', () => {
  it.each([undefined, 1])('does what parsing, walking and writing again would do, indented by %s', (indent) => {
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value, null, indent);
        const twice = mask(mask(text).text).text;
        expect(mask(text).text).toBe(JSON.stringify(reference(value, {}), null, indent));
        expect(twice).toBe(mask(text).text);
      }),
      { numRuns: 500 },
    );
  });
});
