import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AliasInstance, AliasWorld } from '../../../../test/support/alias-world.js';
import { aliasExpiry, openEnd } from './alias-lifetime.js';

const at = (text: string) => Date.parse(text);
const iso = (epochMs: number) => new Date(epochMs).toISOString();

describe('R46 the end of an alias', () => {
  it.each([
    ['2026-01-31T10:00:00.000Z', 1, '2026-02-28T10:00:00.000Z'],
    ['2028-01-31T10:00:00.000Z', 1, '2028-02-29T10:00:00.000Z'],
    ['2026-12-31T23:59:59.999Z', 2, '2027-02-28T23:59:59.999Z'],
    ['2027-12-31T23:59:59.999Z', 2, '2028-02-29T23:59:59.999Z'],
    ['2026-08-31T00:00:00.000Z', 24, '2028-08-31T00:00:00.000Z'],
  ])('issued at %s for %i months: %s, whatever the order does', (issuedAt, months, end) => {
    expect(iso(aliasExpiry({ kind: 'months', months }, at(issuedAt), null))).toBe(end);
    expect(iso(aliasExpiry({ kind: 'months', months }, at(issuedAt), at('2026-01-01')))).toBe(end);
  });

  it('is open while an order goes on whose store lets aliases live until its end', () => {
    expect(aliasExpiry({ kind: 'order-end', graceDays: 14 }, at('2026-05-01'), null)).toBe(openEnd);
  });

  it.each([
    ['2026-05-01T08:00:00.000Z', '2026-05-15T08:00:00.000Z'],
    ['2026-05-20T09:00:00.000Z', '2026-06-03T09:00:00.000Z'],
  ])('issued at %s in an order that ended on 1 May 08:00, with 14 days of grace: %s', (issuedAt, end) => {
    const lifetime = { kind: 'order-end' as const, graceDays: 14 };
    expect(iso(aliasExpiry(lifetime, at(issuedAt), at('2026-05-01T08:00:00Z')))).toBe(end);
  });
});

describe('an alias of a store with the default lifetime', () => {
  const order = { storeId: 'shop', orderId: 'o-1' };
  const ana = { address: 'ana@shop.example', role: 'customer', path: 'customer.email', deliverable: true };
  let world: AliasWorld;
  let oms: AliasInstance;

  beforeEach(async () => {
    world = await AliasWorld.open('2026-12-31T12:00:00Z');
    oms = await world.start();
  });

  afterEach(() => world.close());

  const issue = async () => (await oms.aliases.issue([{ ...order, addresses: [ana] }]))[0].get(ana.address)!;
  const resolve = (alias: string) => oms.directory.resolve(alias);

  it('R46 takes mail until the last millisecond of its two months and not one longer, purged or not', async () => {
    const alias = await issue();
    expect(await resolve(alias)).toMatchObject({ ...order, expiresAt: at('2027-02-28T12:00:00Z') });
    world.setTime('2027-02-28T11:59:59.999Z');
    expect(await resolve(alias)).toBeDefined();
    world.setTime('2027-02-28T12:00:00Z');
    expect(await resolve(alias)).toBeUndefined();
    await oms.purge.purge();
    expect(await resolve(alias)).toBeUndefined();
  });

  it('is shown in the order for ever, since reading never revives: after its end, after the purge, by every process', async () => {
    const alias = await issue();
    const readAll = async () => {
      const other = await world.start();
      const read = [
        (await oms.aliases.aliasesOf('shop', ['o-1'])).get('o-1')!,
        (await other.aliases.aliasesOf('shop', ['o-1'])).get('o-1')!,
        ...(await other.aliases.issue([{ ...order, addresses: [ana] }])),
        await other.aliases.reconcile({ ...order, addresses: [ana] }),
      ];
      return read.map((aliases) => aliases.get(ana.address));
    };
    world.setTime('2027-03-01T00:00:00Z');
    expect(new Set(await readAll())).toEqual(new Set([alias]));
    await oms.purge.purge();
    world.setTime('2028-01-01T00:00:00Z');
    expect(new Set(await readAll())).toEqual(new Set([alias]));
    expect(await resolve(alias)).toBeUndefined();
  });

  it.each([
    ['before', false],
    ['after', true],
  ])('R52 has a new one after it at a later step %s the purge, and the dead one stays dead', async (_, purged) => {
    const dead = await issue();
    world.setTime('2027-03-01T00:00:00Z');
    if (purged) await oms.purge.purge();
    const live = (await oms.aliases.ensureLive(order, [ana])).get(ana.address)!;
    expect(live.alias).not.toBe(dead);
    expect(live.expiresAt).toBe(at('2027-05-01T00:00:00Z'));
    expect(await issue()).toBe(live.alias);
    expect(await resolve(live.alias)).toMatchObject({ aliasId: live.aliasId });
    expect(await resolve(dead)).toBeUndefined();
  });
});
