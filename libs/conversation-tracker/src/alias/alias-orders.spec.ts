import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AliasInstance, AliasWorld } from '../../../../test/support/alias-world.js';
import { type AliasLifetime } from '../settings/store-settings-values.js';

const order = { storeId: 'shop', orderId: 'o-1' };
const at = (text: string) => Date.parse(text);

let world: AliasWorld;
let oms: AliasInstance;

beforeEach(async () => {
  world = await AliasWorld.open('2026-05-01T00:00:00Z');
  oms = await world.start();
});

afterEach(() => world.close());

/** The host's order now names this customer. */
const name = (email: string, more: object = {}) =>
  world.orders.set(order.orderId, { orderId: order.orderId, customer: { email }, ...more });
const resolve = (alias: string) => oms.directory.resolve(alias);
const aliasOf = async (address: string) => (await oms.aliases.aliasesOf('shop', ['o-1'])).get('o-1')!.get(address)!;
const endOf = async (address: string) => (await resolve(await aliasOf(address)))?.expiresAt;

/** Lets this happen on another instance after ours has read and before it writes. */
function meanwhile(happens: () => Promise<void>): void {
  const { database } = oms;
  const transaction = database.transaction.bind(database);
  vi.spyOn(database, 'transaction').mockImplementationOnce(async (work) => {
    await happens();
    return transaction(work);
  });
}

/** Begins something once `writer` has written and before it commits. @returns what waits for it. */
function whileWriting({ log }: AliasInstance, begin: () => Promise<void>): () => Promise<void> {
  const append = log.append.bind(log);
  const appendAll = log.appendAll.bind(log);
  let begun: Promise<void> | undefined;
  const meanwhile = () => Promise.race([(begun ??= begin()), setTimeout(300)]);
  vi.spyOn(log, 'append').mockImplementationOnce(async (...written) => {
    await meanwhile();
    return append(...written);
  });
  vi.spyOn(log, 'appendAll').mockImplementationOnce(async (...written) => {
    await meanwhile();
    return appendAll(...written);
  });
  return async () => expect(await begun).toBeUndefined();
}

describe('an order whose address was corrected', () => {
  const mailedFor = async (alias: string) => oms.aliases.realAddress('shop', (await resolve(alias))!.participantId);

  beforeEach(async () => {
    name('jaun@shop.example');
    await oms.say('order.created', order);
    await oms.say('changed', order);
  });

  it('gets no more mail to the old address: the alias that is out leads to the new one at once', async () => {
    const alias = await aliasOf('jaun@shop.example');
    const before = (await resolve(alias))!;
    name('juan@shop.example');
    await oms.say('changed', order);
    expect(await mailedFor(alias)).toBe('juan@shop.example');
    expect(await oms.aliases.realAddress('shop', before.participantId)).toBe('juan@shop.example');
    const after = (await resolve(await aliasOf('juan@shop.example')))!;
    expect(await resolve(alias)).toEqual({ ...before, participantId: after.participantId });
    expect(await oms.told('alias.redirected')).toEqual([
      { fromParticipantId: before.participantId, toParticipantId: after.participantId },
    ]);
  });

  it('may be corrected again, and back', async () => {
    const alias = await aliasOf('jaun@shop.example');
    for (const address of ['juan@shop.example', 'juan.v@shop.example', 'jaun@shop.example']) {
      name(address);
      await oms.say('changed', order);
      expect(await mailedFor(alias)).toBe(address);
    }
  });

  it('gets no mail at all while the new address is broken', async () => {
    const alias = await aliasOf('jaun@shop.example');
    name('juan@');
    await oms.say('changed', order);
    expect(await mailedFor(alias)).toBeUndefined();
    expect(await aliasOf('juan@')).toMatch(/^[0-9a-f]{32}@ct\.example\.com$/);
  });

  it('is not corrected by an old copy of the order that is read later', async () => {
    name('juan@shop.example');
    await oms.say('changed', order);
    const old = { address: 'jaun@shop.example', role: 'customer', path: 'customer.email', deliverable: true };
    const other = await world.start();
    await other.aliases.issue([{ ...order, addresses: [old] }]);
    expect(await mailedFor(await aliasOf('jaun@shop.example'))).toBe('juan@shop.example');
  });

  it('stays corrected for a process that had read it just before', async () => {
    const { participantId } = (await resolve(await aliasOf('jaun@shop.example')))!;
    const other = await world.start();
    name('juan@shop.example');
    meanwhile(() => other.say('changed', order));
    const old = { address: 'jaun@shop.example', role: 'payer', path: 'payments[0].email', deliverable: true };
    await oms.aliases.issue([{ ...order, addresses: [old] }]);
    expect(await oms.aliases.realAddress('shop', participantId)).toBe('juan@shop.example');
  });

  it('is told of once, also when two processes follow it at one moment', async () => {
    const other = await world.start();
    name('juan@shop.example');
    meanwhile(() => other.say('changed', order));
    const corrected = { address: 'juan@shop.example', role: 'customer', path: 'customer.email', deliverable: true };
    await oms.aliases.reconcile({ ...order, addresses: [corrected] });
    expect(await oms.told('alias.redirected')).toHaveLength(1);
    expect(await mailedFor(await aliasOf('jaun@shop.example'))).toBe('juan@shop.example');
  });

  it('is followed whatever else it holds, and left alone where the host has none', async () => {
    name('juan@shop.example', { total: 1n });
    await oms.say('changed', order);
    expect(await mailedFor(await aliasOf('juan@shop.example'))).toBe('juan@shop.example');
    await oms.say('changed', { storeId: 'shop', orderId: 'gone' });
    expect((await oms.aliases.aliasesOf('shop', ['gone'])).get('gone')!.size).toBe(0);
  });
});

describe('a store whose aliases live until their order ends', () => {
  const choose = (aliasLifetime: AliasLifetime) => oms.settings.change('shop', 'ana', { aliasLifetime });

  beforeEach(async () => {
    await choose({ kind: 'order-end', graceDays: 14 });
    name('juan@shop.example');
    await oms.say('changed', order);
  });

  it('has them for years while the order goes on, and for the grace after it', async () => {
    world.setTime('2031-05-01T00:00:00Z');
    expect(await endOf('juan@shop.example')).toBeDefined();
    await oms.say('delivered', order);
    world.setTime('2031-05-14T23:59:59.999Z');
    expect(await endOf('juan@shop.example')).toBe(at('2031-05-15T00:00:00Z'));
    world.setTime('2031-05-15T00:00:00Z');
    expect(await endOf('juan@shop.example')).toBeUndefined();
    expect(await oms.purge.purge()).toEqual({ aliases: 1 });
  });

  it.each(['delivered', 'canceled', 'refunded'] as const)('takes %s for the end, and no end after it', async (step) => {
    await oms.say(step, order);
    world.setTime('2026-05-10T00:00:00Z');
    await oms.say('refunded', order);
    expect(await endOf('juan@shop.example')).toBe(at('2026-05-15T00:00:00Z'));
  });

  it('gives who joins or is renewed after the end the full grace', async () => {
    await oms.say('delivered', order);
    world.setTime('2026-05-10T00:00:00Z');
    const seller = { address: 'eva@seller.example', role: 'seller', path: 'sellers[0].email', deliverable: true };
    const first = await oms.aliases.ensureLive(order, [seller]);
    expect(first.get(seller.address)!.expiresAt).toBe(at('2026-05-24T00:00:00Z'));
    world.setTime('2026-06-01T00:00:00Z');
    const second = await oms.aliases.ensureLive(order, [seller]);
    expect(second.get(seller.address)!.expiresAt).toBe(at('2026-06-15T00:00:00Z'));
  });

  it('gives it also to who joins at the moment of the end', async () => {
    const other = await world.start();
    meanwhile(() => other.say('delivered', order));
    const desk = { address: 'desk@shop.example', role: 'store', deliverable: true };
    const live = await oms.aliases.ensureLive(order, [desk]);
    expect(live.get(desk.address)!.expiresAt).toBe(at('2026-05-15T00:00:00Z'));
  });

  it('ends also one that another process is just writing', async () => {
    const other = await world.start();
    const desk = { address: 'desk@shop.example', role: 'store', deliverable: true };
    const end = whileWriting(other, () => oms.say('delivered', order));
    await other.aliases.issue([{ ...order, addresses: [desk] }]);
    await end();
    const ends = (await oms.directory.list(order)).map(({ expiresAt }) => expiresAt);
    expect(ends).toEqual([at('2026-05-15T00:00:00Z'), at('2026-05-15T00:00:00Z')]);
  });

  it('ends also one that another process is just renewing', async () => {
    const other = await world.start();
    const [{ id }] = await oms.directory.list(order);
    const end = whileWriting(other, () => oms.say('delivered', order));
    await other.control.renew('shop', id, 'staff');
    await end();
    const ends = (await oms.directory.list(order)).map(({ expiresAt }) => expiresAt);
    expect(ends).toEqual([at('2026-05-15T00:00:00Z'), at('2026-05-15T00:00:00Z')]);
  });

  it('ends also those of people whom nobody asked for before the order had ended', async () => {
    const late = { storeId: 'shop', orderId: 'o-2' };
    world.orders.set('o-2', { orderId: 'o-2', customer: { email: 'eva@shop.example' } });
    await oms.say('canceled', late);
    const [aliases] = await oms.aliases.issue([{ ...late, addresses: [] }]);
    const alias = aliases.get('eva@shop.example')!;
    expect((await resolve(alias))!.expiresAt).toBe(at('2026-05-15T00:00:00Z'));
  });

  it('lets aliases with a date of their own keep it, and never leaves one without an end', async () => {
    await choose({ kind: 'months', months: 3 });
    const dated = { address: 'eva@seller.example', role: 'seller', path: 'sellers[0].email', deliverable: true };
    await oms.aliases.issue([{ ...order, addresses: [dated] }]);
    world.setTime('2026-05-31T00:00:00Z');
    await oms.say('delivered', order);
    expect(await endOf('eva@seller.example')).toBe(at('2026-08-01T00:00:00Z'));
    expect(await endOf('juan@shop.example')).toBe(at('2026-08-31T00:00:00Z'));
  });
});

it('the end of an order changes nothing in a store whose aliases live for months', async () => {
  name('juan@shop.example');
  await oms.say('changed', order);
  world.setTime('2026-05-20T00:00:00Z');
  await oms.say('delivered', order);
  expect(await endOf('juan@shop.example')).toBe(at('2026-07-01T00:00:00Z'));
});
