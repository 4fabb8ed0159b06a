import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AliasInstance, AliasWorld } from '../../../../test/support/alias-world.js';
import { type ListedAlias } from './alias-directory.js';
import { Alias } from './alias.entity.js';
import { Participant } from './participant.entity.js';
import { type Sighting } from './sighting-plan.js';

let world: AliasWorld;
let oms: AliasInstance;

beforeEach(async () => {
  world = await AliasWorld.open('2026-05-01T00:00:00Z');
  oms = await world.start();
});

afterEach(() => world.close());

const order = { storeId: 'shop', orderId: 'o-1' };
const ana: Sighting = { address: 'ana@shop.example', role: 'customer', path: 'customer.email', deliverable: true };
const another: Sighting = { ...ana, address: 'ana.perez@shop.example' };

/** What the order JSON shows for an address. */
async function shown({ address }: Sighting = ana, instance = oms): Promise<string> {
  const [aliases] = await instance.aliases.issue([{ ...order, addresses: [] }]);
  return aliases.get(address)!;
}

async function issue(sighting = ana): Promise<ListedAlias> {
  const [aliases] = await oms.aliases.issue([{ ...order, addresses: [sighting] }]);
  const alias = aliases.get(sighting.address);
  return (await oms.directory.list(order)).find((listed) => listed.alias === alias)!;
}

describe('revoking an alias', () => {
  it('R52 ends it for good, while the order goes on showing it', async () => {
    const { id, alias } = await issue();
    expect(await oms.control.revoke('shop', id, 'staff-1')).toMatchObject({ id, alias, state: 'revoked' });
    expect(await oms.directory.resolve(alias)).toBeUndefined();
    expect(await shown()).toBe(alias);
    const elsewhere = await world.start();
    expect(await shown(ana, elsewhere)).toBe(alias);
    expect(await elsewhere.directory.resolve(alias)).toBeUndefined();
  });

  it('is told once with who did it, however often it is asked for', async () => {
    const { id } = await issue();
    await Promise.all([oms.control.revoke('shop', id, 'staff-1'), oms.control.revoke('shop', id, 'staff-1')]);
    expect(await oms.control.revoke('shop', id, 'staff-2')).toMatchObject({ state: 'revoked' });
    expect(await oms.told('alias.revoked')).toEqual([{ aliasId: id, actor: 'staff-1' }]);
  });

  it('leaves one that has expired as it is', async () => {
    const { id } = await issue();
    world.setTime('2026-07-01T00:00:00Z');
    expect(await oms.control.revoke('shop', id, 'staff-1')).toMatchObject({ state: 'expired' });
    expect(await oms.told('alias.revoked')).toEqual([]);
  });

  it('R52 is followed by a new alias at the next step of the order', async () => {
    const { id, alias } = await issue();
    await oms.control.revoke('shop', id, 'staff-1');
    const live = (await oms.aliases.ensureLive(order, [ana])).get(ana.address)!;
    expect(live.alias).not.toBe(alias);
    expect(await shown()).toBe(live.alias);
    expect(await oms.directory.resolve(live.alias)).toMatchObject({ aliasId: live.aliasId });
    expect(await oms.directory.resolve(alias)).toBeUndefined();
  });

  it('of an earlier alias leaves the current one alone', async () => {
    const { id } = await issue();
    const renewed = await oms.control.renew('shop', id, 'staff-1');
    await oms.control.revoke('shop', id, 'staff-1');
    expect((await oms.directory.list(order)).map(({ state }) => state)).toEqual(['revoked', 'live']);
    expect((await oms.aliases.ensureLive(order, [ana])).get(ana.address)).toMatchObject({ alias: renewed.alias });
  });
});

describe('renewing an alias', () => {
  it('R51 gives the person a new one in the form that the store chose for now, and lets the old one live on', async () => {
    const { id, alias } = await issue();
    await oms.settings.change('shop', 'owner', { maskType: 'simple' });
    world.setTime('2026-05-31T00:00:00Z');
    const renewed = await oms.control.renew('shop', id, 'staff-1');
    expect(renewed).toMatchObject({
      alias: expect.stringMatching(/^ana@shop\.example-\d{12}b\.ct\.example\.com$/),
      generation: 2,
      maskType: 'simple',
      expiresAt: Date.parse('2026-07-31T00:00:00Z'),
      state: 'live',
    });
    expect(await shown()).toBe(renewed.alias);
    const { participantId } = (await oms.directory.resolve(alias))!;
    expect(await oms.directory.resolve(renewed.alias)).toMatchObject({ aliasId: renewed.id, participantId });
    world.setTime('2026-07-01T00:00:00Z');
    expect(await oms.directory.resolve(alias)).toBeUndefined();
    expect(await oms.directory.resolve(renewed.alias)).toBeDefined();
  });

  it('is told with who asked for it', async () => {
    const { id } = await issue();
    const renewed = await oms.control.renew('shop', id, 'staff-1');
    expect(await oms.told('alias.issued')).toEqual([{ aliasIds: [id] }, { aliasIds: [renewed.id] }]);
    expect(await oms.told('alias.renewed')).toEqual([{ aliasId: renewed.id, actor: 'staff-1' }]);
  });

  it('makes one successor, however many ask at one moment in however many processes', async () => {
    const { id } = await issue();
    const other = await world.start();
    const asked = await Promise.allSettled([
      oms.control.renew('shop', id, 'staff-1'),
      oms.control.renew('shop', id, 'staff-1'),
      other.control.renew('shop', id, 'staff-2'),
    ]);
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of asked) {
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'alias-not-renewable' });
    }
    expect(await oms.directory.list(order)).toHaveLength(2);
  });

  it('wakes a person whose alias was purged', async () => {
    const { id, alias } = await issue();
    world.setTime('2026-07-01T00:00:00Z');
    await oms.purge.purge();
    expect(await shown()).toBe(alias);
    const renewed = await oms.control.renew('shop', id, 'staff-1');
    expect(renewed.alias).not.toBe(alias);
    expect(await oms.directory.resolve(renewed.alias)).toMatchObject(order);
    expect(await oms.directory.resolve(alias)).toBeUndefined();
  });

  it('is refused for the alias of an address that was corrected', async () => {
    const { id } = await issue();
    await issue(another);
    await expect(oms.control.renew('shop', id, 'staff-1')).rejects.toMatchObject({ code: 'alias-not-renewable' });
  });
});

describe('an alias that is not there', () => {
  it('is neither revoked nor renewed, whether it never was, is of another store, or of an erased person', async () => {
    const { id } = await issue();
    const { id: erased } = await issue({ ...ana, address: 'bob@shop.example', path: 'sellers[0].email' });
    await oms.database.manager.update(Participant, { id: erased.slice(0, 24) }, { state: 'erased', sealed: null });
    for (const [storeId, aliasId] of [
      ['other', id],
      ['shop', `${id.slice(0, 24)}00000000`],
      ['shop', 'f'.repeat(32)],
      ['shop', erased],
    ]) {
      for (const change of ['revoke', 'renew'] as const) {
        const told = oms.control[change](storeId, aliasId, 'staff-1');
        await expect(told, `${change} ${aliasId}`).rejects.toMatchObject({ code: 'alias-not-found' });
      }
    }
    expect(await oms.directory.find('shop', id)).toMatchObject({ state: 'live', generation: 1 });
    expect(await oms.told('alias.revoked')).toEqual([]);
  });

  it('R52 is none that was renewed and purged', async () => {
    const { id } = await issue();
    await oms.control.renew('shop', id, 'staff-1');
    await oms.database.manager.delete(Alias, { id });
    await expect(oms.control.renew('shop', id, 'staff-1')).rejects.toMatchObject({ code: 'alias-not-found' });
  });
});
