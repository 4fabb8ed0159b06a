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

it('finds on no route of the reference OMS anything but 401, 403 and 404 for who may not use it', async () => {
  const { routes, findings } = await walkRoutes(oms, store, 'outlet');
  expect(findings).toEqual([]);
  expect(routes.length).toBeGreaterThan(60);
}, 60_000);

it('fails for a route that it does not know, one that is open, and one that shows another store', async () => {
  const plan = { 'GET /conversation-tracker/settings': { lowest: 'owner', answersOwnStore: true } } as const;
  const { findings } = await walkRoutes(oms, { ...store, secrets: ['customerKey', 'locale'] }, 'outlet', plan);
  expect(findings).toEqual(
    expect.arrayContaining([
      'GET /conversation-tracker/audit: bench/route-walk/route-plan.ts does not name its ids',
      'GET /conversation-tracker/settings: answered 200 as staff',
      'GET /conversation-tracker/settings: shows secret 1 of the store as another store’s owner',
    ]),
  );
});
