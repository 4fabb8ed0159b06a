import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AliasInstance, AliasWorld } from '../../../../test/support/alias-world.js';
import { AliasPurge } from './alias-purge.js';
import { Alias } from './alias.entity.js';
import { Participant } from './participant.entity.js';

let world: AliasWorld;
let oms: AliasInstance;

beforeEach(async () => {
  world = await AliasWorld.open('2026-05-01T00:00:00Z');
  oms = await world.start();
});

afterEach(() => world.close());

const issue = (orderId: string, people: number) => {
  const addresses = Array.from({ length: people }, (_, index) => ({
    address: `p${index}@shop.example`,
    role: 'customer',
    deliverable: true,
  }));
  return oms.aliases.issue([{ storeId: 'shop', orderId, addresses }]);
};
const count = () => oms.database.manager.count(Alias);
const toldIds = async () => (await oms.told('alias.expired')).flatMap(({ aliasIds }) => aliasIds);
/** How many rows each DELETE of this instance named, or might take. */
const batches = () =>
  oms.statements
    .filter((statement) => statement.includes('DELETE'))
    .map((statement) => {
      const [, limit] = /LIMIT (\d+)/.exec(statement) ?? [];
      return limit === undefined ? /IN \(([^)]*)\)/.exec(statement)![1].split(',').length : Number(limit);
    });

describe('the purge', () => {
  it('deletes the aliases whose time is up, tells of them once for each order, and keeps the people', async () => {
    await issue('o-1', 3);
    await issue('o-2', 2);
    world.setTime('2026-06-01T00:00:00Z');
    await issue('o-3', 1);
    world.setTime('2026-07-01T00:00:00Z');
    const expired = (await oms.database.manager.find(Alias)).filter(({ orderId }) => orderId !== 'o-3');
    expect(await oms.purge.purge()).toEqual({ aliases: 5 });
    expect((await oms.database.manager.find(Alias)).map(({ orderId }) => orderId)).toEqual(['o-3']);
    expect(await oms.database.manager.count(Participant)).toBe(6);
    expect((await toldIds()).toSorted()).toEqual(expired.map(({ id }) => id).toSorted());
    expect((await oms.told('alias.expired')).map(({ aliasIds }) => aliasIds.length).toSorted((a, b) => a - b)).toEqual([
      2, 3,
    ]);
    expect(await oms.purge.purge()).toEqual({ aliases: 0 });
    expect(await oms.told('alias.expired')).toHaveLength(2);
  });

  it('says nothing of a revoked alias, whose end was told', async () => {
    const [aliases] = await issue('o-1', 2);
    const { aliasId } = (await oms.directory.resolve(aliases.get('p0@shop.example')!))!;
    await oms.control.revoke('shop', aliasId, 'ana');
    world.setTime('2027-01-01T00:00:00Z');
    expect(await oms.purge.purge()).toEqual({ aliases: 2 });
    expect(await toldIds()).toHaveLength(1);
    expect(await toldIds()).not.toContain(aliasId);
  });

  it('takes at most 500 aliases in one transaction, and goes on until none is left', async () => {
    await issue('o-1', 1_300);
    world.setTime('2027-01-01T00:00:00Z');
    expect(await oms.purge.purge()).toEqual({ aliases: 1_300 });
    expect(Math.max(...batches())).toBe(500);
    expect(await count()).toBe(0);
  });

  it('takes fewer where they are slow, and leaves the rest to the next run after a minute', async () => {
    await issue('o-1', 300);
    world.setTime('2027-01-01T00:00:00Z');
    const tick = (stepMs: number) => ({ now: () => (world.clock.time += stepMs) });
    await new AliasPurge(oms.database, oms.log, tick(15_000)).purge();
    const [first, second, ...others] = batches();
    expect(others).toEqual([]);
    expect(second).toBeLessThan(first);
    expect(await count()).toBe(300 - first - second);
    await new AliasPurge(oms.database, oms.log, tick(51)).purge();
    expect(await count()).toBe(0);
  });

  it('tells each alias once and deletes all, on as many instances as run at one moment', async () => {
    for (let n = 0; n < 20; n++) await issue(`o-${n}`, 20);
    world.setTime('2027-01-01T00:00:00Z');
    const others = [await world.start(), await world.start()];
    const results = await Promise.all([oms, ...others].map(({ purge }) => purge.purge()));
    expect(results.reduce((sum, { aliases }) => sum + aliases, 0)).toBe(400);
    const ids = await toldIds();
    expect(ids).toHaveLength(400);
    expect(new Set(ids).size).toBe(400);
    expect(await count()).toBe(0);
  });

  it('tells nothing of a batch that is rolled back', async () => {
    await issue('o-1', 3);
    world.setTime('2027-01-01T00:00:00Z');
    const failing = Object.create(oms.log) as typeof oms.log;
    failing.appendAll = async (...args) => {
      await oms.log.appendAll(...args);
      throw new Error('the disk is full');
    };
    await expect(new AliasPurge(oms.database, failing, world.clock).purge()).rejects.toThrow('the disk is full');
    expect(await count()).toBe(3);
    expect(await oms.told('alias.expired')).toEqual([]);
  });

  it('runs once at a time: who asks meanwhile gets the same answer', async () => {
    await issue('o-1', 3);
    world.setTime('2027-01-01T00:00:00Z');
    const [first, second] = await Promise.all([oms.purge.purge(), oms.purge.purge()]);
    expect(second).toBe(first);
  });

  it('begins no batch once it was told to stop', async () => {
    await issue('o-1', 3);
    world.setTime('2027-01-01T00:00:00Z');
    await oms.purge.stop();
    expect(await oms.purge.purge()).toEqual({ aliases: 0 });
    expect(await count()).toBe(3);
  });
});
