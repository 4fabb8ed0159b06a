import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyPieces, type BodyPiece, joinPieces } from './body-pieces.js';
import { parseOrderRoot } from './order-root.js';
import { serializedPieces } from './serialized-pieces.js';

const found = (body: object, root: string, text = JSON.stringify(body)) =>
  serializedPieces(text, body, parseOrderRoot(root), 'orderId', {});
const orders = (pieces: BodyPiece[] | undefined) =>
  pieces?.filter((piece) => typeof piece === 'object' && 'orderId' in piece);

const order = (orderId: string | number, more: object = {}) => ({ orderId, email: 'ana@x.com', ...more });

describe('the orders in the text of another serialiser', () => {
  it('are those that splitting the value finds, wherever inner orders name others', () => {
    const id = fc.constantFrom('1', '2', '10', 'a"', 1, 10);
    const tree = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('x', 'ana@x.com', '},{'),
        tie('order'),
        fc.array(tie('any'), { maxLength: 3 }),
      ),
      order: fc.oneof(
        fc.record({ orderId: id, a: tie('any'), b: tie('any') }),
        fc.record({ a: tie('any'), orderId: id }),
      ),
    }));
    const roots = ['$', '[]', 'list[]', 'data.order', 'data.list[]'];
    let quick = 0;
    fc.assert(
      fc.property(fc.array(tree.order, { minLength: 1, maxLength: 4 }), fc.constantFrom(...roots), (list, name) => {
        const bodies: Record<string, object> = {
          $: list[0],
          '[]': list,
          'list[]': { list, paging: { total: 1 } },
          'data.order': { data: { order: list[0] } },
          'data.list[]': { x: [1], data: { list } },
        };
        const pieces = found(bodies[name], name);
        if (!pieces) return;
        quick++;
        expect(joinPieces(pieces)).toBe(JSON.stringify(bodies[name]));
        expect(orders(pieces)).toEqual(orders(bodyPieces(bodies[name], parseOrderRoot(name), 'orderId')));
      }),
      { numRuns: 2000 },
    );
    expect(quick).toBeGreaterThan(200);
  });

  it.each<[string, object, string, string?]>([
    ['an id that is not written', { list: [order('1')] }, 'list[]', '{"list":[{"email":"ana@x.com"}]}'],
    ['an id that comes later', { list: [{ email: 'ana@x.com', orderId: '1' }] }, 'list[]'],
    ['an address beside the orders', { list: [order('1')], by: 'ana@x.com' }, 'list[]'],
    ['an order that is named by the one before', [order('1', { x: [{}, order('2')] }), order('2')], '[]'],
    ['an id that begins like another', [order(1), order(10)], '[]', '[{"orderId":1},{"orderId":101}]'],
    ['a toJSON', [order('1', { toJSON: () => ({ orderId: '2' }) })], '[]', '[{"orderId":"1","email":"ana@x.com"}]'],
    ['another form', [order('1')], '[]', '[ { "orderId" : "1" } ]'],
  ])('take a closer look for %s', (_, body, root, text) => {
    expect(found(body, root, text)).toBeUndefined();
  });
});
