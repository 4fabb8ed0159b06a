import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AliasCache } from './alias-cache.js';

const order = (orderId: number) => ({ storeId: 'north', orderId: String(orderId) });
const isKnown = (cache: AliasCache, orderId: number) => cache.get(order(orderId)) !== undefined;

function use(cache: AliasCache, orderId: number): void {
  if (!isKnown(cache, orderId)) cache.put(order(orderId), { aliases: new Map(), seen: new Set() }, cache.version);
}

it('keeps every order after which fewer than half of those it may hold were used', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.array(fc.nat(15), { maxLength: 60 }), (orders, used) => {
      const cache = new AliasCache({ orders, ttlMs: 1 }, { now: () => 0 });
      for (const [index, orderId] of used.entries()) {
        const since = used.slice(used.lastIndexOf(orderId, index - 1) + 1, index);
        const isRecent = used.slice(0, index).includes(orderId) && new Set(since).size * 2 < orders;
        if (isRecent) expect(isKnown(cache, orderId)).toBe(true);
        use(cache, orderId);
      }
    }),
  );
});

it('drops the order that was used longest ago', () => {
  const cache = new AliasCache({ orders: 2, ttlMs: 1 }, { now: () => 0 });
  for (const orderId of [1, 2, 1, 3]) use(cache, orderId);
  expect([1, 2, 3].map((orderId) => isKnown(cache, orderId))).toEqual([true, false, true]);
});

it('knows none for longer than it may', () => {
  let now = 0;
  const cache = new AliasCache({ orders: 2, ttlMs: 10 }, { now: () => now });
  use(cache, 1);
  now = 9;
  expect(isKnown(cache, 1)).toBe(true);
  now = 10;
  expect(isKnown(cache, 1)).toBe(false);
});
