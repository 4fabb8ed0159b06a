import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AliasWorld, options } from '../../../../test/support/alias-world.js';
import { AliasAddresses } from './alias-addresses.js';

const ana = { address: 'Ana@shop.example', role: 'customer', path: 'customer.email', deliverable: true };
const bob = { address: 'bob@shop.example', role: 'seller', path: 'sellers[0].email', deliverable: true };
const order = { storeId: 'shop', orderId: 'o-1' };

let world: AliasWorld;
beforeEach(async () => {
  world = await AliasWorld.open('2026-05-01T09:30:00Z');
});
afterEach(() => world.close());

describe('the addresses behind the aliases of an order', () => {
  it('are those of all its people, by the aliases that are out, as they were written', async () => {
    const { aliases, database, storeKeys } = await world.start();
    const [issued] = await aliases.issue([{ ...order, addresses: [ana, bob] }]);
    await aliases.issue([{ storeId: 'shop', orderId: 'o-2', addresses: [ana] }]);
    const behind = await new AliasAddresses(database, world.keys, storeKeys, options).of(order);
    expect(behind.get(issued.get('ana@shop.example')!)).toBe('Ana@shop.example');
    expect(behind.get(issued.get('bob@shop.example')!)).toBe('bob@shop.example');
  });

  it('are none of another order or store', async () => {
    const { aliases, database, storeKeys } = await world.start();
    const [own] = await aliases.issue([{ ...order, addresses: [ana] }]);
    const addresses = new AliasAddresses(database, world.keys, storeKeys, options);
    const elsewhere = [
      { ...order, storeId: 'outlet' },
      { ...order, orderId: 'o-2' },
    ];
    for (const other of elsewhere) await aliases.issue([{ ...other, addresses: [ana] }]);
    for (const other of elsewhere) expect((await addresses.of(other)).has([...own.values()][0])).toBe(false);
  });

  it('are known by aliases of a former form and domain too, long after their purge', async () => {
    const before = await world.start({ trackerDomain: 'old.example.com' });
    await before.settings.change('shop', 'owner', { maskType: 'simple' });
    const [first] = await before.aliases.issue([{ ...order, addresses: [ana] }]);
    const old = first.get('ana@shop.example')!;
    expect(old).toMatch(/^ana@shop\.example-\d{12}b\.old\.example\.com$/);

    const given = { formerTrackerDomains: ['old.example.com'] };
    const now = await world.start(given);
    await now.settings.change('shop', 'owner', { maskType: 'complex' });
    world.setTime('2026-09-01T00:00:00Z');
    await now.aliases.ensureLive(order, [ana]);
    await now.purge.purge();
    world.setTime('2026-12-01T00:00:00Z');
    await now.purge.purge();
    const [current] = await now.aliases.issue([{ ...order, addresses: [ana] }]);
    const renewed = current.get('ana@shop.example')!;
    expect(renewed).toMatch(/^[0-9a-f]{32}@ct\.example\.com$/);

    const behind = await new AliasAddresses(now.database, world.keys, now.storeKeys, { ...options, ...given }).of(
      order,
    );
    expect(behind.get(old)).toBe('Ana@shop.example');
    expect(behind.get(renewed)).toBe('Ana@shop.example');
  });
});
