import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AliasInstance, AliasWorld } from '../../../../test/support/alias-world.js';
import { type OrderSightings } from './alias.service.js';

let world: AliasWorld;
let oms: AliasInstance;

beforeEach(async () => {
  world = await AliasWorld.open('2026-05-01T00:00:00Z');
  oms = await world.start();
});

afterEach(() => world.close());

const customer = (address: string, path = 'customer.email') => ({
  address,
  name: 'Ana Pérez',
  role: 'customer',
  path,
  deliverable: true,
});
const order = (orderId: string, ...addresses: string[]): OrderSightings => ({
  storeId: 'shop',
  orderId,
  addresses: addresses.map((address, index) => customer(address, `people[${index}].email`)),
});
const kinds = (statements: string[]) =>
  statements.map((statement) => statement.replace(/^START /, 'BEGIN ').split(' ')[0]);

describe('issuing aliases', () => {
  it('R47 gives every address of an order an alias that tells nothing, and the same one each time', async () => {
    const [first] = await oms.aliases.issue([order('o-1', 'Ana@shop.example', 'bob@shop.example')]);
    expect([...first.keys()]).toEqual(['ana@shop.example', 'bob@shop.example']);
    for (const alias of first.values()) expect(alias).toMatch(/^[0-9a-f]{32}@ct\.example\.com$/);
    const [again] = await oms.aliases.issue([order('o-1', 'ANA@shop.example')]);
    expect(again.get('ana@shop.example')).toBe(first.get('ana@shop.example'));
  });

  it('gives the same address another alias in another order and in another store', async () => {
    const maps = await oms.aliases.issue([
      order('o-1', 'ana@shop.example'),
      order('o-2', 'ana@shop.example'),
      { ...order('o-1', 'ana@shop.example'), storeId: 'other' },
    ]);
    expect(new Set(maps.map((map) => map.get('ana@shop.example'))).size).toBe(3);
  });

  it('takes one query and one insert a table for an order, and none when all is known', async () => {
    await Promise.all([oms.settings.get('shop'), oms.storeKeys.of('shop')]);
    oms.statements.length = 0;
    const orders = [order('o-1', ...Array.from({ length: 50 }, (_, n) => `p${n}@shop.example`))];
    await oms.aliases.issue(orders);
    expect(kinds(oms.statements)).toEqual(['SELECT', 'BEGIN', 'INSERT', 'INSERT', 'INSERT', 'COMMIT']);
    oms.statements.length = 0;
    await oms.aliases.issue(orders);
    expect(oms.aliases.cached('shop', 'o-1')?.size).toBe(50);
    expect(oms.statements).toEqual([]);
  });

  it('reads with one query what several requests of one moment want to know', async () => {
    await oms.aliases.issue([order('o-1', 'ana@shop.example'), order('o-2', 'bob@shop.example')]);
    const later = await world.start();
    await later.storeKeys.of('shop');
    later.statements.length = 0;
    const [one, others] = await Promise.all([
      later.aliases.aliasesOf('shop', ['o-1']),
      later.aliases.aliasesOf('shop', ['o-2', 'none']),
    ]);
    expect(kinds(later.statements)).toEqual(['SELECT']);
    expect([...one].map(([id, aliases]) => [id, ...aliases.keys()])).toEqual([['o-1', 'ana@shop.example']]);
    expect([...others].map(([id, aliases]) => [id, ...aliases.keys()])).toEqual([
      ['o-2', 'bob@shop.example'],
      ['none'],
    ]);
    await expect(later.aliases.aliasesOf('shop', ['o-1'])).resolves.toEqual(one);
    expect(later.statements).toHaveLength(1);
  });

  it('reads people back as they were written, whatever stands in the id of the order and in their roles', async () => {
    const orderId = ' o  1\n2 ';
    const person = { ...customer('ana@shop.example'), role: 'ship to' };
    const [issued] = await oms.aliases.issue([{ storeId: 'shop', orderId, addresses: [person] }]);
    const later = await world.start();
    expect(await later.aliases.people({ storeId: 'shop', orderId })).toMatchObject([
      { address: 'ana@shop.example', alias: issued.get('ana@shop.example'), role: 'ship to', deliverable: true },
    ]);
  });
});
