import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeReplacements } from './describe-replacements.js';
import { maskOrderText } from './mask-order-text.js';
import { orderScopes } from './order-scopes.js';
import type { OrderScope } from './order-scope.js';

const alias = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@ct.example.com';
const simple = 'bob@y.com-207700027841b.ct.example.com';
const scope: OrderScope = {
  aliases: new Map([
    ['ana@x.com', alias],
    ['bob@y.com', simple],
  ]),
  placeholder: 'undisclosed@ct.example.com',
  trackerDomains: ['ct.example.com'],
};
const report = (order: unknown) => {
  const text = JSON.stringify(order);
  return describeReplacements(text, maskOrderText(text, scope).text, scope);
};
const left = (value: string) => describeReplacements(JSON.stringify(value), JSON.stringify(value), scope).left;

describe('the report on a masked order', () => {
  it('tells by path what was a participant and what was free text', () => {
    const order = {
      orderId: '1-01',
      clientProfileData: { email: 'ana@x.com', firstName: 'Ana' },
      sellers: [{ email: 'eve@evil.test' }],
      followUpEmail: alias,
      note: 'ana@x.com, bob%40y.com and eve@evil.test',
      raw: JSON.stringify({ customer: { email: 'ana@x.com' }, note: 'bob@y.com' }),
      byAddress: { 'ana@x.com': { email: 'bob@y.com' } },
    };
    expect(report(order)).toEqual({
      roleValues: [
        { path: 'clientProfileData.email', role: 'customer' },
        { path: 'sellers[0].email', role: 'seller' },
        { path: 'byAddress["*"].email', role: 'participant' },
      ],
      freeText: [
        { path: 'note', count: 3 },
        { path: 'raw', count: 2 },
        { path: 'byAddress["*"]', count: 1 },
      ],
      left: [],
    });
  });

  it('gives the roles that the host declares, by the path from the order', () => {
    const text = JSON.stringify({ page: [{ orderId: '1', driver: 'ana@x.com' }], email: 'bob@y.com' });
    const told = { ...scope, rolePaths: { driver: 'courier' } };
    const masked = maskOrderText(text, told).text;
    expect(describeReplacements(text, masked, told, orderScopes(text))).toEqual({
      roleValues: [{ path: 'page[0].driver', role: 'courier' }],
      freeText: [{ path: 'email', count: 1 }],
      left: [],
    });
  });

  it('names no address, whatever the order holds', () => {
    const order = { 'ana@x.com': { 'eve%40evil.test': 'eve@evil.test' }, [String.raw`eve\u0040evil.test`]: 1 };
    const text = JSON.stringify(order);
    expect(JSON.stringify([report(order), describeReplacements(text, text, scope)])).not.toMatch(/x\.com|evil/);
  });

  it('shows what a masker left', () => {
    const text = JSON.stringify({ note: ['eve@evil.test', 'ok'], 'eve@evil.test': { deep: 'eve@evil.test' } });
    expect(describeReplacements(text, text, scope).left).toEqual([
      { path: 'note[0]' },
      { path: '["*"]' },
      { path: '["*"].deep' },
    ]);
  });

  it('is refused for a text that is another one', () => {
    expect(() => describeReplacements('{"a":"b"}', '{"a":1}', scope)).toThrow(RangeError);
    expect(() => describeReplacements('{"a":1}', '{"a":"b"}', scope)).toThrow(RangeError);
  });
});

describe('the independent look', () => {
  it.each([
    'eve@evil.test',
    'eve%40evil.test',
    'eve%2540evil%2Etest',
    'eve&#64;evil.test',
    'eve&amp;commat;evil.test',
    'eve\uff20evil.test',
    'e\u200bve@ev\u00adil.test',
    String.raw`{"n":"eve\u0040evil.test"}`,
    String.raw`{\"n\":\"x\neve@evil.test\"}`,
    '"eve e"@evil.test',
    'eve@[192.168.0.1]',
    'josé@münchen.example',
    `eve@evil.test/${alias}`,
    `eve@evil.test${alias}`,
    'eve@ct.example.com.evil.test',
    'eve@ct.example.community',
    'eve@notct.example.com',
  ])('finds %s', (value) => {
    expect(left(value)).toHaveLength(1);
  });

  it.each([
    alias,
    simple,
    scope.placeholder,
    `mailto:${alias}?cc=${simple}`,
    `e=${alias.replace('@', '%40')}`,
    `${alias}.pdf`,
    `${alias}-2024`,
    `联系${alias}谢谢`,
    `<b>${alias}</b>`,
    'retina@2x.png',
    'npm i @scope/name@1.0.0-rc.beta',
    'https://medium.com/@user.name/x',
    'a @ b.com',
  ])('lets %s pass', (value) => {
    expect(left(value)).toEqual([]);
  });
});

const hidden: readonly ((address: string) => string)[] = [
  (address) => address,
  (address) => address.toUpperCase(),
  (address) => address.replace('@', '%40'),
  (address) => address.replace('@', '%2540').replace('.', '%252E'),
  (address) => address.replace('@', '&#64;'),
  (address) => address.replace('@', '&amp;#x40;'),
  (address) => address.replace('@', '\uff20'),
  (address) => address.replace('@', '@\u200b'),
  (address) => address.replace('.', '&period;'),
  (address) => JSON.stringify({ n: `\n${address}\t` }),
  (address) => JSON.stringify([JSON.stringify({ [address]: address })]).replaceAll('@', String.raw`\u0040`),
];
const glue = [
  '',
  ' ',
  '\n',
  '\\',
  ',',
  ';',
  '<',
  '>',
  '"',
  "'",
  '(',
  ')',
  '/',
  '?e=',
  '&e=',
  '%20',
  '%0A',
  '.',
  '-',
  '+',
  ':',

  '谢',
];

describe('a masked text', () => {
  it('has nothing left to an independent look, however addresses are hidden and glued together', () => {
    const address = fc.constantFrom('ana@x.com', 'bob@y.com', 'eve@evil.test', 'o.k+1@sub.evil.example', alias, simple);
    const word = fc
      .tuple(fc.constantFrom(...glue), address, fc.constantFrom(...hidden), fc.constantFrom(...glue))
      .map(([before, text, hide, after]) => before + hide(text) + after);
    const value = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(''));
    const key = fc.constantFrom('note', 'email', 'ana@x.com');
    fc.assert(
      fc.property(fc.dictionary(key, fc.oneof(value, fc.array(value)), { noNullPrototype: true }), (order) => {
        const text = JSON.stringify(order);
        const masked = maskOrderText(text, scope).text;
        expect(() => JSON.parse(masked)).not.toThrow();
        expect(describeReplacements(text, masked, scope).left).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
