import { afterAll, beforeAll, expect, it } from 'vitest';
import { walkRoutes } from '../../bench/route-walk/walk-routes.js';
import { WalkedOms } from '../../bench/route-walk/walked-oms.js';
import { fillStore, type WalkedStore } from '../../bench/route-walk/walked-store.js';

let oms: WalkedOms;
let store: WalkedStore;
beforeAll(async () => {
  oms = await WalkedOms.start();
  store = await fillStore(oms, 'shop');
}, 60_000);
afterAll(() => oms.stop());

it('finds on no route and no page of the reference OMS anything but 401, 403, 404 and the way to sign in for who may not', async () => {
  const { routes, pages, findings } = await walkRoutes(oms, store, 'outlet');
  expect(findings).toEqual([]);
  expect(routes.length).toBeGreaterThan(60);
  expect(pages.length).toBeGreaterThan(40);
}, 60_000);

it('fails for a route or page that it does not know, one that is open, and one that shows another store', async () => {
  const plan = { 'GET /conversation-tracker/settings': { lowest: 'owner', answersOwnStore: true } } as const;
  const pages = { 'GET /conversation-tracker/admin/settings': { lowest: 'owner', answersOwnStore: true } } as const;
  const open = { ...store, secrets: ['customerKey', 'locale'] };
  const { findings } = await walkRoutes(oms, open, 'outlet', plan, pages);
  expect(findings).toEqual(
    expect.arrayContaining([
      'GET /conversation-tracker/audit: bench/route-walk/route-plan.ts does not name its ids',
      'GET /conversation-tracker/settings: answered 200 as staff',
      'GET /conversation-tracker/settings: shows secret 1 of the store as another store’s owner',
      'GET /conversation-tracker/admin/settings: answered 200 to staff',
      'GET /orders/:orderId: bench/route-walk/page-plan.ts knows nothing of it',
    ]),
  );
});
