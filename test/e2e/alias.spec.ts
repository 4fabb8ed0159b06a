import { OrderMaskingService } from 'nestjs-conversation-tracker';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AliasDirectory } from '../../libs/conversation-tracker/src/alias/alias-directory.js';
import { type AliasView } from '../../libs/conversation-tracker/src/alias/alias-view.js';
import { CUSTOMER, headerOf, type MailProcess, MailWorld } from '../support/mail-world.js';

const DAY_MS = 86_400_000;
const COMPLEX = /^[0-9a-f]{32}@ct\.example\.com$/;

let world: MailWorld;
let oms: MailProcess;

beforeEach(async () => {
  world = await MailWorld.open();
  oms = await world.start();
  world.place('o-1');
});
afterEach(() => world.close());

const server = () => request(oms.app.getHttpServer());
const get = (path: string, store = 'default') => server().get(`/conversation-tracker/${path}`).set('x-store', store);
const post = (path: string, store = 'default') => server().post(`/conversation-tracker/${path}`).set('x-store', store);

/** What the order JSON of that process shows in place of the customer's address. */
async function shown(orderId = 'o-1', { app }: MailProcess = oms): Promise<string> {
  const masked = await app.get(OrderMaskingService).mask(world.orders.get(orderId) as { customer: { email: string } });
  return masked.customer.email;
}

async function aliases(orderId = 'o-1'): Promise<AliasView[]> {
  const { body } = await get(`orders/${orderId}/aliases`).expect(200);
  return (body as { aliases: AliasView[] }).aliases;
}

const takesMail = async (alias: string) => (await oms.app.get(AliasDirectory).resolve(alias)) !== undefined;

/** Waits for what the timeline says of the order's aliases. */
const toldOfAliases = (entries: object[]) =>
  vi.waitFor(
    async () => expect((await oms.timeline('o-1')).filter(({ kind }) => kind === 'alias')).toMatchObject(entries),
    { timeout: 15_000 },
  );

async function mailOf(step: 'shipped' | 'delivered', occurrence = ''): Promise<string> {
  const before = world.inbox.mails.length;
  await oms.tracker.publish({ step, orderId: 'o-1', occurrence });
  return vi.waitFor(
    () => {
      expect(world.inbox.mails).toHaveLength(before + 1);
      return headerOf(world.inbox.mails[before], 'To');
    },
    { timeout: 15_000 },
  );
}

describe("an order's aliases", () => {
  it('are those that its JSON shows, with when they end', async () => {
    const alias = await shown();
    const response = await get('orders/o-1/aliases').expect(200);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.body).toEqual({
      aliases: [
        {
          id: expect.stringMatching(/^[0-9a-f]{32}$/),
          alias,
          name: 'Ana Pérez',
          customerKey: expect.stringMatching(/^[0-9a-f]{32}$/),
          roles: ['customer'],
          maskType: 'complex',
          generation: 1,
          issuedAt: expect.stringMatching(/Z$/),
          expiresAt: expect.stringMatching(/Z$/),
          state: 'live',
        },
      ],
    });
    expect(response.text).not.toContain(CUSTOMER);
    const [{ issuedAt, expiresAt }] = await aliases();
    const days = (Date.parse(expiresAt) - Date.parse(issuedAt)) / DAY_MS;
    expect(days).toBeGreaterThanOrEqual(59);
    expect(days).toBeLessThanOrEqual(62);
  });

  it('are nobody’s to see but the store’s own, and nothing tells another store’s order from none', async () => {
    await shown();
    world.orders.set('other/o-9', { orderId: 'o-9', customer: { email: CUSTOMER } });
    const answers = new Set<string>();
    for (const orderId of ['o-9', 'never']) {
      const { text, type } = await get(`orders/${orderId}/aliases`).expect(404);
      expect(type).toBe('application/problem+json');
      answers.add(text);
    }
    expect(answers.size).toBe(1);
    const [{ id }] = await aliases();
    for (const change of ['revoke', 'renew']) {
      const ofOther = await post(`aliases/${id}/${change}`, 'other').expect(404);
      const ofNobody = await post(`aliases/${'f'.repeat(32)}/${change}`).expect(404);
      const noId = await post(`aliases/${encodeURIComponent(CUSTOMER)}/${change}`).expect(404);
      expect(new Set([ofOther.text, ofNobody.text, noId.text]).size).toBe(1);
      expect(ofOther.body.type).toBe('urn:conversation-tracker:alias-not-found');
      await post(`aliases/${id}/${change}`, 'none').expect(403);
    }
    await get('orders/o-1/aliases', 'none').expect(403);
    expect(await aliases()).toMatchObject([{ id, state: 'live' }]);
  });

  it('live for two months, are shown after that for ever, and get a successor with the next step alone', async () => {
    const alias = await shown();
    const [{ expiresAt }] = await aliases();
    world.clock.ahead = Date.parse(expiresAt) - Date.now() - 10 * 60_000;
    expect(await takesMail(alias)).toBe(true);
    world.clock.ahead += 20 * 60_000;
    expect(await takesMail(alias)).toBe(false);
    expect(await shown()).toBe(alias);
    expect(await aliases()).toMatchObject([{ alias, state: 'expired' }]);

    const to = await mailOf('delivered');
    expect(to).not.toContain(alias);
    const renewed = await shown();
    expect(to).toContain(renewed);
    expect(await takesMail(renewed)).toBe(true);
    expect(await takesMail(alias)).toBe(false);
    expect(await aliases()).toMatchObject([
      { alias, generation: 1, state: 'expired' },
      { alias: renewed, generation: 2, state: 'live' },
    ]);
  });

  it('R51 keep their form when the store changes its choice: only new ones have the new form', async () => {
    const alias = await shown();
    await oms.change({ maskType: 'simple' });
    expect(await shown()).toBe(alias);
    expect(await takesMail(alias)).toBe(true);
    world.place('o-2');
    const simple = await shown('o-2');
    expect(simple).toMatch(/^ana\.perez@customer\.example-\d{12}b\.ct\.example\.com$/);
    await oms.change({ maskType: 'complex' });
    expect(await shown('o-2')).toBe(simple);
    expect(await takesMail(simple)).toBe(true);
    expect(await mailOf('shipped')).toContain(alias);
  });
});

describe('revoking', () => {
  it('R52 ends mail to the alias at once, stands on the timeline, and the next step gets a new alias', async () => {
    const alias = await shown();
    const [{ id }] = await aliases();
    const { body } = await post(`aliases/${id}/revoke`).expect(200);
    expect(body).toMatchObject({ id, alias, state: 'revoked' });
    expect(await takesMail(alias)).toBe(false);
    expect(await shown()).toBe(alias);
    await post(`aliases/${id}/revoke`).expect(200);

    const to = await mailOf('shipped');
    expect(to).not.toContain(alias);
    expect(to).toContain(await shown());
    expect(await takesMail(alias)).toBe(false);
    await toldOfAliases([{ change: 'revoked', aliases: [{ id, alias }] }]);
  });
});

describe('renewing', () => {
  it('gives the person one new alias however often it is asked for, and lets the old one live', async () => {
    const alias = await shown();
    const [{ id }] = await aliases();
    const { body } = await post(`aliases/${id}/renew`).expect(201);
    expect(body).toMatchObject({ alias: expect.stringMatching(COMPLEX), generation: 2, state: 'live' });
    const { body: problem, type } = await post(`aliases/${id}/renew`).expect(409);
    expect(type).toBe('application/problem+json');
    expect(problem.type).toBe('urn:conversation-tracker:alias-not-renewable');
    expect(await shown()).toBe(body.alias);
    expect(await mailOf('shipped')).toContain(body.alias);
    expect([await takesMail(alias), await takesMail(body.alias)]).toEqual([true, true]);
    expect(await shown('o-1', await world.start())).toBe(body.alias);
    await toldOfAliases([{ change: 'renewed', aliases: [{ id: body.id, alias: body.alias }] }]);
  });
});

describe('an order that shows a corrected address', () => {
  it('gets no more mail to the old one, whose alias leads to the new one', async () => {
    const old = await shown();
    world.place('o-1', {}, 'ana@new.example');
    expect(await mailOf('shipped')).toContain(await shown());
    expect(world.inbox.mails.at(-1)?.to).toEqual(['ana@new.example']);
    expect(await takesMail(old)).toBe(true);
    world.place('o-1');
    expect(await mailOf('delivered')).toContain(old);
    expect(world.inbox.mails.at(-1)?.to).toEqual([CUSTOMER]);
  });
});
