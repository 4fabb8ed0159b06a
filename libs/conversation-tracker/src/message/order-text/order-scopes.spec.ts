import { describe, expect, it } from 'vitest';
import { orderScopes, scopeByOrder } from './order-scopes.js';
import type { OrderScope } from './order-scope.js';

/** The id and the text of each order that is found. */
const orders = (text: string, keys?: readonly string[]) =>
  orderScopes(text, keys).map(({ orderId, start, end }) => [orderId, text.slice(start, end)]);

describe('the orders of a text', () => {
  it('are found in a list, wherever their id stands', () => {
    const text = '{"list":[{"orderId":"1-01","value":1},{"value":2,"orderId":"2-01"}],"paging":{"total":2}}';
    expect(orders(text)).toEqual([
      ['1-01', '{"orderId":"1-01","value":1}'],
      ['2-01', '{"value":2,"orderId":"2-01"}'],
    ]);
  });

  it('are found inside each other, the outer one first', () => {
    const inner = '{"orderId":"inner"}';
    const outer = `{"replaces":[${inner}],"orderId":"outer"}`;
    expect(orders(outer)).toEqual([
      ['outer', outer],
      ['inner', inner],
    ]);
  });

  it('may have a number as their id, and another name for it', () => {
    expect(orders('[{"id":7},{ "id" : -42 , "x":1},{"number":"n"}]', ['id', 'number'])).toEqual([
      ['7', '{"id":7}'],
      ['-42', '{ "id" : -42 , "x":1}'],
      ['n', '{"number":"n"}'],
    ]);
  });

  it.each([String.raw`a"b`, 'a\\', '}{', 'é\u2028\n', '\\"orderId\\":"x"'])('may have the id %j', (orderId) => {
    const text = JSON.stringify([{ orderId, note: '{"orderId":"no"}' }], null, 1);
    expect(orderScopes(text)).toMatchObject([{ orderId }]);
  });

  it('are known by an id that is written with escapes', () => {
    expect(orders(String.raw`{"\u006frderId":"\u0031-01"}`)).toEqual([
      ['1-01', String.raw`{"\u006frderId":"\u0031-01"}`],
    ]);
  });

  it.each([
    '{"orderId":""}',
    '{"orderId":null}',
    '{"orderId":true}',
    '{"orderId":1.5}',
    '{"orderId":{"id":"x"}}',
    '{"orderId":["x"]}',
    '["orderId","x"]',
    '{"note":"orderId","x":"y"}',
    '{"note":"{\\"orderId\\":\\"x\\"}"}',
    '"orderId"',
  ])('are not in %s', (text) => {
    expect(orders(text)).toEqual([]);
  });
});

describe('the scope of a place', () => {
  const scope = (placeholder: string): OrderScope => ({ aliases: new Map(), placeholder, trackerDomains: [] });
  const text = '{"x":1,"a":{"orderId":"a","n":{"y":0,"o":{"orderId":"b","z":1},"w":2}},"v":{"orderId":"b"},"u":3}';
  const scopeAt = scopeByOrder(orderScopes(text), (orderId) => scope(`order ${orderId}`), scope('outside'));

  it.each([
    ['x', 'outside'],
    ['y', 'order a'],
    ['z', 'order b'],
    ['w', 'order a'],
    ['v', 'outside'],
    ['u', 'outside'],
  ])('is that of the nearest order around it: %s, %s', (key, expected) => {
    expect(scopeAt(text.indexOf(`"${key}"`)).placeholder).toBe(expected);
  });

  it('begins and ends with the brackets of the order', () => {
    for (const { orderId, start, end } of orderScopes(text)) {
      expect(scopeAt(start).placeholder).toBe(`order ${orderId}`);
      expect(scopeAt(end - 1).placeholder).toBe(`order ${orderId}`);
      expect(scopeAt(end).placeholder).not.toBe(`order ${orderId}`);
    }
  });
});
