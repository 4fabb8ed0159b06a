import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasInnerOrders } from './inner-orders.js';
import { maskOrderText, maskScopedText } from './mask-order-text.js';
import { MemberSearch } from './member-search.js';
import type { OrderScope } from './order-scope.js';
import { orderScopes, scopeByOrder } from './order-scopes.js';

const ids = new MemberSearch('orderId');
const scopeOf = (orderId: string): OrderScope => ({
  aliases: new Map([
    ['ana@x.com', `ana.${orderId.length}@ct.example.com`],
    ['no sign', `none.${orderId.length}@ct.example.com`],
  ]),
  placeholder: 'undisclosed@ct.example.com',
  trackerDomains: ['ct.example.com'],
  rolePaths: { 'told.by': 'customer' },
});
const nobody: OrderScope = { ...scopeOf(''), aliases: new Map() };
const hasInner = (order: unknown) => hasInnerOrders(JSON.stringify(order), ids, nobody);

const receipt = { date: '2026-02-06', orderId: 'v1-01', receipt: '029f "9ab8" {' };
const vtex = (more: object) => ({ orderId: '1', email: 'ana@x.com', changes: [{ reason: 'a}', receipt }], ...more });

describe('an order that names another one', () => {
  it("keeps the quick way where that is the receipt of a change, as in VTEX's", () => {
    expect(hasInner(vtex({}))).toBe(false);
    expect(hasInner({ changes: [{ receipt }], orderId: '1', email: 'ana@x.com' })).toBe(false);
  });

  it.each([
    { orderId: '2', note: 'ana@x.com' },
    { orderId: '2', note: 'ana%40x.com' },
    { orderId: '2', customer: { email: 'no sign' } },
    { orderId: '2', told: { by: 'no sign' } },
    { orderId: '2', far: 'x'.repeat(5000) },
    { within: { orderId: '2', list: [{ orderId: '3' }, 'ana@x.com'] } },
  ])('does not where the other one may show somebody: %j', (inner) => {
    expect(hasInner(vtex({ inner }))).toBe(true);
  });

  it('does not where it names very many', () => {
    expect(hasInner(vtex({ list: Array.from({ length: 20 }, () => receipt) }))).toBe(true);
  });

  it('is masked alike either way', () => {
    const leaf = fc.constantFrom('ana@x.com', 'no sign', 'a"}', '', 'ana%40x.com', 1, null);
    const key = fc.constantFrom('orderId', 'email', 'customer', 'note', 'told', 'by');
    const { order } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        leaf,
        tie('order'),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
      order: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    }));
    let quick = 0;
    fc.assert(
      fc.property(order, (value) => {
        const text = JSON.stringify({ orderId: 'own', ...(value as object), last: 'ana@x.com' });
        const [own] = orderScopes(text).filter(({ start }) => start === 0);
        if (!own || hasInnerOrders(text, ids, nobody)) return;
        quick++;
        const scoped = maskScopedText(text, scopeByOrder(orderScopes(text), scopeOf, nobody));
        expect(maskOrderText(text, scopeOf(own.orderId))).toEqual(scoped);
      }),
      { numRuns: 2000 },
    );
    expect(quick).toBeGreaterThan(100);
  });
});
