import { OrderMaskingService } from 'nestjs-conversation-tracker';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AliasPurge } from '../../libs/conversation-tracker/src/alias/alias-purge.js';
import { OutboxEvent } from '../../libs/conversation-tracker/src/events/outbox-event.entity.js';
import { TrackerDatabase } from '../../libs/conversation-tracker/src/persistence/tracker-database.js';
import { CUSTOMER, type MailProcess, MailWorld } from '../support/mail-world.js';

const DAY_MS = 86_400_000;
const reason = 'The carrier asks for it';
let world: MailWorld;
let oms: MailProcess;
beforeEach(async () => {
  world = await MailWorld.open();
  // The first moment of a day: what is counted by day and minute does not start anew within a test.
  world.clock.ahead = DAY_MS - (Date.now() % DAY_MS);
  oms = await world.start();
  world.place('o-1');
});
afterEach(() => world.close());

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  request(oms.app.getHttpServer())
    .post(`/conversation-tracker/${path}`)
    .set({ 'x-store': 'default', ...headers })
    .send(body);
const reveal = (body: object, headers = {}) => post('reveals', { reason, ...body }, headers);
const match = (body: object, headers = {}) => post('matches', body, headers);

async function audit(): Promise<Record<string, unknown>[]> {
  const { body } = await request(oms.app.getHttpServer())
    .get('/conversation-tracker/audit')
    .set('x-store', 'default')
    .expect(200);
  return body.entries.filter(({ action }: { action: string }) => action.startsWith('address.'));
}

/** The alias that the order JSON shows. */
async function aliasOf(orderId: string, storeId?: string): Promise<string> {
  const order = world.orders.get(orderId) as { customer: { email: string } };
  return (await oms.app.get(OrderMaskingService).mask(order, storeId ? { storeId } : {})).customer.email;
}

describe('who stands behind an alias', () => {
  it('is shown to who may see it and says why, audited and told, and to nobody else', async () => {
    const alias = await aliasOf('o-1');
    const { body, headers } = await reveal({ alias: alias.toUpperCase() }, { 'x-actor': 'key-7' }).expect(200);
    expect(body).toEqual({ alias: alias.toUpperCase(), address: CUSTOMER });
    expect(headers['cache-control']).toBe('no-store');
    const [entry, ...more] = await audit();
    expect(entry).toMatchObject({
      actor: 'key-7',
      action: 'address.revealed',
      orderId: 'o-1',
      detail: { way: 'reveal', reason },
    });
    expect(more).toEqual([]);
    const { manager } = oms.app.get(TrackerDatabase);
    const [told] = await manager.findBy(OutboxEvent, { type: 'address.revealed' });
    expect(told.orderId).toBe('o-1');

    await reveal({ alias }, { 'x-may-not': 'addresses.read' }).expect(403);
    await reveal({ alias }, { 'x-store': 'none' }).expect(403);
    await reveal({ alias, reason: undefined }).expect(422);
    await reveal({ alias, reason: `write to ${CUSTOMER}` }).expect(422, /"field":"reason"/);
    expect(await audit()).toHaveLength(1);
  });

  it('is found for an alias that has ended, also after its purge, and never for another store', async () => {
    const alias = await aliasOf('o-1');
    const never = `${'0'.repeat(32)}@ct.example.com`;
    const unknown = await reveal({ alias: never }).expect(404);
    await reveal({ alias }, { 'x-store': 'other' }).expect(404, unknown.body);
    world.clock.ahead += 70 * DAY_MS;
    await reveal({ alias }).expect(200);
    await oms.app.get(AliasPurge).purge();
    const { body } = await reveal({ alias }).expect(200);
    expect(body.address).toBe(CUSTOMER);
    await reveal({ alias }, { 'x-store': 'other' }).expect(404, unknown.body);
  });

  it('is told for many at once, in their order, on one record', async () => {
    const never = `${'0'.repeat(32)}@ct.example.com`;
    const alias = await aliasOf('o-1');
    const { body } = await reveal({ aliases: [never, alias, 'someone@elsewhere.example'] }).expect(200);
    expect(body).toEqual({
      reveals: [
        { alias: never, address: null },
        { alias, address: CUSTOMER },
        { alias: 'someone@elsewhere.example', address: null },
      ],
    });
    expect(await audit()).toMatchObject([{ detail: { unknown: 2, participantIds: [expect.any(String)] } }]);
    expect(JSON.stringify(await audit())).not.toContain('@');
  });

  it.each([
    ['alias', {}],
    ['alias', { alias: 'a@b.example', aliases: ['a@b.example'] }],
    ['alias', { alias: 'no address' }],
    ['alias', { alias: { like: '%' } }],
    ['aliases', { aliases: [] }],
    ['aliases', { aliases: Array.from({ length: 51 }, () => 'a@b.example') }],
  ])('is asked for with a right %s', async (field, body) => {
    const { body: problem } = await reveal(body).expect(422);
    expect(problem.errors).toMatchObject([{ field }]);
  });
});

describe('whether an address stands behind an alias', () => {
  it('is told without showing it, on record, with the person’s pseudonym', async () => {
    const alias = await aliasOf('o-1');
    const yes = await match({ alias, address: CUSTOMER.toUpperCase() }, { 'x-may-not': 'addresses.read' }).expect(200);
    expect(yes.body).toEqual({ match: true, customerKey: expect.stringMatching(/^[0-9a-f]{32}$/) });
    const never = `${'0'.repeat(32)}@ct.example.com`;
    for (const [one, address, store] of [
      [alias, 'other@customer.example', 'default'],
      [never, CUSTOMER, 'default'],
      [alias, CUSTOMER, 'other'],
    ]) {
      const no = await match({ alias: one, address }, { 'x-store': store }).expect(200);
      expect(no.body).toEqual({ match: false, customerKey: null });
    }
    const entries = await audit();
    expect(entries.map(({ action, detail }) => [action, (detail as { match: boolean }).match])).toEqual([
      ['address.matched', false],
      ['address.matched', false],
      ['address.matched', true],
    ]);
    expect(JSON.stringify(entries)).not.toContain('@');
    await match({ alias, address: CUSTOMER }, { 'x-may-not': 'addresses.match' }).expect(403);
    await match({ alias, address: 'nobody' }).expect(422, /"field":"address"/);
  });
});

describe('a person’s pseudonym', () => {
  const keys = async (orderId: string, store = 'default') => {
    const { body } = await request(oms.app.getHttpServer())
      .get(`/conversation-tracker/orders/${orderId}/aliases`)
      .set('x-store', store)
      .expect(200);
    return body.aliases.map(({ customerKey }: { customerKey: string }) => customerKey);
  };

  it('is the same in all orders of a store, another in another store, and in no table', async () => {
    world.place('o-2');
    world.orders.set('other/o-2', world.orders.get('o-2')!);
    const alias = await aliasOf('o-1');
    await aliasOf('o-2');
    await aliasOf('o-2', 'other');
    const [[first], [second], [elsewhere]] = [await keys('o-1'), await keys('o-2'), await keys('o-2', 'other')];
    expect(second).toBe(first);
    expect(elsewhere).not.toBe(first);
    const { body } = await match({ alias, address: CUSTOMER });
    expect(body.customerKey).toBe(first);
    const rows: unknown = await oms.app.get(TrackerDatabase).manager.query('SELECT * FROM ct_participant');
    expect(JSON.stringify(rows)).not.toContain(first);
  });
});

describe('a caller who has had enough', () => {
  it('is told when to come back, by whatever way, and another is not', async () => {
    oms = await world.start({ reveals: { perDay: 3, perMinute: 3 } });
    const alias = await aliasOf('o-1');
    await reveal({ aliases: [alias, alias] }).expect(200);
    await match({ alias, address: CUSTOMER }).expect(200);
    const { body, headers } = await reveal({ alias }).expect(429);
    expect(body).toMatchObject({ type: 'urn:conversation-tracker:reveal-quota-spent', status: 429 });
    expect(headers['content-type']).toContain('application/problem+json');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    await match({ alias, address: CUSTOMER }).expect(429);
    await oms.tracker.publish({ step: 'shipped', orderId: 'o-1' });
    const { id } = await vi.waitFor(async () => (await oms.messages('o-1'))[0] ?? Promise.reject(new Error('none')), {
      timeout: 15_000,
    });
    const ways = [`messages/${id}?addresses=real&reason=Chargeback`, `messages/${id}/raw?reason=Chargeback`];
    for (const way of ways) {
      const get = request(oms.app.getHttpServer()).get(`/conversation-tracker/${way}`).set('x-store', 'default');
      await get.expect(429);
    }
    await reveal({ alias }, { 'x-actor': 'somebody-else' }).expect(200);
  });

  it('asks a few times a minute at most', async () => {
    oms = await world.start({ reveals: { perMinute: 2 } });
    const alias = await aliasOf('o-1');
    await reveal({ alias }).expect(200);
    await reveal({ alias }).expect(200);
    const { headers } = await reveal({ alias }).expect(429);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    world.clock.ahead += 60_000;
    await reveal({ alias }).expect(200);
  });
});
