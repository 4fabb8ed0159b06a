import request from 'supertest';
import { AliasPurge } from '../../libs/conversation-tracker/src/alias/alias-purge.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CUSTOMER, DESK } from '../support/mail-world.js';
import { eventually, type RelayProcess, RelayWorld } from '../support/relay-world.js';

const base = '/conversation-tracker';
const MONTHS_3 = 92 * 24 * 60 * 60 * 1000;

let world: RelayWorld;
let oms: RelayProcess;
/** Of order o-1. */
let people: { customer: string; store: string };

beforeAll(async () => {
  world = await RelayWorld.open();
  oms = await world.start();
  people = await oms.begin();
  world.mail.place('O-10');
  world.mail.place('o-2', {}, 'other.person@customer.example');
  world.mail.place('p-1');
  for (const orderId of ['O-10', 'o-2']) await oms.host.tracker.publish({ step: 'shipped', orderId });
  await oms.write({ from: CUSTOMER, to: people.store, text: 'When will it come?' });
  await oms.write({ from: CUSTOMER, to: people.store, text: 'Send it elsewhere', signed: false });
  await eventually(async () => {
    const { body } = await oms.get('orders').expect(200);
    expect(body.orders).toHaveLength(3);
    expect(body.orders).toContainEqual(expect.objectContaining({ orderId: 'o-1', messages: 3, held: 1, unread: 2 }));
    // All that is on its way has arrived, so that no order moves in the list any more.
    for (const orderId of ['o-1', 'O-10', 'o-2']) {
      const { entries } = (await oms.get(`orders/${orderId}/timeline?kind=delivery`).expect(200)).body;
      expect(entries).toHaveLength(orderId === 'o-1' ? 2 : 1);
    }
  });
}, 60_000);
afterAll(() => world.close());

const list = async (query = '') => (await oms.get(`orders?${query}`).expect(200)).body;
const search = (text: unknown, store = 'default') =>
  request(oms.app.getHttpServer()).post(`${base}/order-searches`).set('x-store', store).send({ text });
const idsOf = ({ orders }: { orders: { orderId: string }[] }) => orders.map(({ orderId }) => orderId);

describe('the list of orders', () => {
  it('has the order on which something happened last first, and pages on', async () => {
    const { orders } = await list();
    const newest = orders.map(({ lastEntry }: { lastEntry: { id: string } }) => lastEntry.id);
    expect(newest).toEqual(newest.toSorted().toReversed());
    const walked: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const page: { orders: { orderId: string }[]; nextCursor?: string } = await list(
        `limit=1${cursor && `&cursor=${cursor}`}`,
      );
      walked.push(...idsOf(page));
      cursor = page.nextCursor;
    }
    expect(walked).toEqual(idsOf({ orders }));
    expect(idsOf(await list('order=asc'))).toEqual(walked.toReversed());
    await oms.get('orders?limit=0').expect(422);
  });

  it('counts what came in since somebody of the store read the order', async () => {
    const { body: timeline } = await oms.get('orders/o-1/timeline?kind=message').expect(200);
    const [, question] = timeline.entries as { id: string }[];
    const unread = async () =>
      (await list()).orders.find(({ orderId }: { orderId: string }) => orderId === 'o-1').unread;
    await oms.post('orders/o-1/read', { upTo: question.id }).expect(204);
    expect(await unread()).toBe(1);
    await oms.post('orders/o-1/read').set('x-may-not', 'messages.write').expect(403);
    await oms.post('orders/o-1/read').expect(204);
    expect(await unread()).toBe(0);
    // Who has an older page open takes nothing back.
    await oms.post('orders/o-1/read', { upTo: question.id }).expect(204);
    expect(await unread()).toBe(0);
    await oms.post('orders/o-1/read', { upTo: 'x' }).expect(422);
    await oms.post('orders/none/read').expect(404);
  });
});

describe('staff find an order', () => {
  it('by its id, its beginning whatever the case, also one on which nothing has happened yet', async () => {
    expect(idsOf((await search('o-1').expect(200)).body)).toEqual(['o-1', 'O-10']);
    expect(idsOf((await search(' O-1').expect(200)).body)).toEqual(['o-1', 'O-10']);
    expect((await search('p-1').expect(200)).body).toMatchObject({
      kind: 'order',
      orders: [{ orderId: 'p-1', messages: 0, aliases: [] }],
    });
    expect((await search('%').expect(200)).body.orders).toEqual([]);
  });

  it('by an alias in any case, with whom it stands for, also when it was purged', async () => {
    const found = {
      kind: 'alias',
      orders: [{ orderId: 'o-1', aliases: [{ alias: people.customer, roles: ['customer'] }] }],
    };
    expect((await search(people.customer.toUpperCase()).expect(200)).body).toMatchObject(found);
    expect((await search(people.customer).expect(200)).body.orders[0].aliases[0].state).toBe('live');
    world.mail.clock.ahead += MONTHS_3;
    await oms.app.get(AliasPurge, { strict: false }).purge();
    const { body } = await search(people.customer).expect(200);
    expect(body).toMatchObject(found);
    expect(body.orders[0].aliases[0].state).toBe('expired');
    expect((await search('undisclosed@ct.example.com').expect(200)).body.orders).toEqual([]);
    expect((await search(`${'0'.repeat(32)}@ct.example.com`).expect(200)).body.orders).toEqual([]);
  });

  it('by an address, without being told any, and an unknown one like one without orders', async () => {
    const { body, text } = await search(` ${CUSTOMER.toUpperCase()}`).expect(200);
    expect(body.kind).toBe('address');
    expect(idsOf(body).toSorted()).toEqual(['O-10', 'o-1']);
    expect(body.orders.map(({ aliases }: { aliases: { roles: string[] }[] }) => aliases[0].roles)).toEqual([
      ['customer'],
      ['customer'],
    ]);
    expect(text).not.toMatch(/customer\.example/i);
    expect(idsOf((await search(DESK).expect(200)).body)).toContain('o-1');
    expect((await search('nobody@elsewhere.example').expect(200)).body).toEqual({ kind: 'address', orders: [] });
    expect((await search(CUSTOMER, 'another').expect(200)).body).toEqual({ kind: 'address', orders: [] });
  });

  it('by an address only with the permission to, which a search for an alias does not need', async () => {
    const { body } = await search(CUSTOMER).set('x-may-not', 'addresses.match').expect(403);
    expect(body.detail).toContain('addresses.match');
    expect(JSON.stringify(body)).not.toContain('ana');
    await search(people.store).set('x-may-not', 'addresses.match').expect(200);
    await search('o-1').set('x-may-not', 'timeline.read').expect(403);
  });

  it.each([undefined, '', '  ', 7, 'x'.repeat(321), 'a\u0000b'])(
    'and is told when there is nothing to look for: %j',
    async (text) => {
      expect((await search(text).expect(422)).body.errors).toMatchObject([{ field: 'text' }]);
    },
  );
});
