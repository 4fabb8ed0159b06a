import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyPieces, type BodyPiece, joinPieces as join } from './body-pieces.js';
import { findOrderRoot, parseOrderRoot } from './order-root.js';

const split = (body: unknown, root: string) => bodyPieces(body, parseOrderRoot(root), 'orderId');
const orderIds = (pieces: BodyPiece[]) =>
  pieces.filter((piece) => typeof piece === 'object' && 'orderId' in piece).map((piece) => piece.orderId);

describe('a response body, split into its orders', () => {
  it('is byte for byte what JSON.stringify writes, whatever stands in it', () => {
    const value = fc.anything({ withDate: true, withNullPrototype: true, withSparseArray: true });
    fc.assert(
      fc.property(value, value, fc.array(value), fc.string(), (order, other, list, name) => {
        const body = { other, list: [order, ...list], [name]: other, last: undefined };
        expect(join(split(body, 'list[]'))).toBe(JSON.stringify(body));
        expect(join(split(body, 'list'))).toBe(JSON.stringify(body));
        expect(join(split({ data: body }, 'data.list[]'))).toBe(JSON.stringify({ data: body }));
        expect(join(split([body], '[]'))).toBe(JSON.stringify([body]));
        expect(join(split(body, '$'))).toBe(JSON.stringify(body));
      }),
    );
  });

  it('names each order by its id, also where toJSON makes it', () => {
    class Order {
      constructor(private readonly id: number) {}
      toJSON() {
        return { orderId: `${this.id}-01` };
      }
    }
    const body = { paging: { total: 2 }, list: [new Order(1), { orderId: 7 }, {}] };
    expect(orderIds(split(body, 'list[]'))).toEqual(['1-01', '7', undefined]);
    expect(join(split(body, 'list[]'))).toBe(JSON.stringify(body));
  });

  it('hands toJSON its property name, as JSON.stringify does', () => {
    const named = { toJSON: (key: string) => ({ key }) };
    const body = { order: named, list: [named] };
    expect(join(split(body, 'order'))).toBe(JSON.stringify(body));
    expect(join(split(body, 'list[]'))).toBe(JSON.stringify(body));
  });

  it('leaves the error for a BigInt to the host', () => {
    expect(() => split({ orderId: '1', total: 1n }, '$')).toThrow(TypeError);
  });

  it.each(['list[].x', '$.a', 'a..b', '[]x', ''])('refuses %j as a root and says what to write', (root) => {
    expect(() => parseOrderRoot(root)).toThrow(/data\.orders\[\]/);
  });

  it('finds the orders where no root was declared', () => {
    const order = { orderId: '1' };
    expect(findOrderRoot(order, 'orderId')).toEqual({ path: [], list: false });
    expect(findOrderRoot([order], 'orderId')).toEqual({ path: [], list: true });
    expect(findOrderRoot({ paging: {}, list: [order] }, 'orderId')).toEqual({ path: ['list'], list: true });
    expect(findOrderRoot({ order }, 'orderId')).toEqual({ path: ['order'], list: false });
    expect(findOrderRoot([order, { message: 'x' }], 'orderId')).toBeUndefined();
    expect(findOrderRoot({ token: 'x' }, 'orderId')).toBeUndefined();
  });
});
