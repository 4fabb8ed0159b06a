import { rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { createApp } from '../../src/create-app.js';
import { OrderReader } from '../../src/orders/order-reader.js';
import { seedOrders } from '../../src/seed/seed-orders.js';
import { scratchEnvironment } from '../support/oms.js';

it('names nobody who could exist', () => {
  const addresses = JSON.stringify(seedOrders).match(/[\w.+-]+@[\w.-]*/g) ?? [];
  expect(addresses.length).toBeGreaterThan(5);
  // RFC 2606 §2; one address is broken on purpose.
  for (const address of addresses) expect(address).toMatch(/\.example$|^nobody@$/);
});

it('gives both stores some orders at the first start, and no more at the next', async () => {
  const { directory, ...environment } = await scratchEnvironment();
  const counts: number[][] = [];
  for (const start of [1, 2]) {
    const app = await createApp({ ...environment, SEED_ORDERS: 'true' }, false);
    await app.init();
    const reader = app.get(OrderReader);
    const pages = ['shop', 'outlet'].map((storeId) => reader.findPage(storeId, { number: 1, size: 100 }));
    const found = await Promise.all(pages);
    counts[start - 1] = found.map(({ total }) => total);
    expect(found.flatMap(({ orders }) => orders).every((order) => order.status === 'payment-pending')).toBe(true);
    await app.close();
  }
  expect(counts).toEqual([
    [3, 2],
    [3, 2],
  ]);
  await rm(directory, { recursive: true });
});
