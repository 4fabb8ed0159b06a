import { type ExecutionContext, type INestApplication, UnauthorizedException } from '@nestjs/common';
import { type ConversationTrackerOptions } from 'nestjs-conversation-tracker';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type HostApp, startHost } from '../support/host-app.js';
import { DecoratedController, plainOrder, REAL, UndecoratedController, vtexOrder } from '../support/masking-host.js';

const alias = /^[0-9a-f]{32}@ct\.example\.com$/;
const headersOf = (context: ExecutionContext) =>
  context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>().headers;
const storeIdOf = (context: ExecutionContext) => headersOf(context)['x-orders-of'];

/** Whoever says so, and may. */
const byHeader: Partial<ConversationTrackerOptions> = {
  storeIdOf,
  audience: (context) => (headersOf(context)['x-show'] === 'real' ? 'real' : 'alias'),
};

const start = (options: Partial<ConversationTrackerOptions>, adapter?: 'express' | 'fastify') =>
  startHost(options, undefined, { controllers: [DecoratedController, UndecoratedController] }, adapter);

function get(app: INestApplication, path: string, headers: Record<string, string> = {}) {
  const trusted = { 'x-show': 'real', 'x-store': 'shop', 'x-orders-of': 'shop' };
  return request(app.getHttpServer())
    .get(path)
    .set({ ...trusted, ...headers });
}

interface Audited {
  storeId: string;
  orderId: string;
  actor: string;
  action: string;
  detail: { way: string; orderIds: string[]; route: string };
}

async function audit(app: INestApplication): Promise<Audited[]> {
  const rows: Record<keyof Audited, string>[] = await app
    .get(DataSource)
    .query('SELECT "storeId", "orderId", "actor", "action", "detail" FROM ct_audit_entry ORDER BY "id"');
  return rows.map((row) => ({ ...row, detail: JSON.parse(row.detail) as Audited['detail'] }));
}

/** Of the events alone, which stand there before the response leaves. */
const revealedEvents = async (app: INestApplication): Promise<unknown[]> =>
  app.get(DataSource).query(`SELECT "id" FROM ct_outbox_event WHERE "type" = 'address.revealed'`);

describe.each(['express', 'fastify'] as const)('a caller whom the host shows real addresses, on %s,', (adapter) => {
  let host: HostApp;
  beforeEach(async () => {
    host = await start(byHeader, adapter);
  });
  afterEach(() => host.close());

  it('gets the order as it is, and stands in the audit with route and order before it has it', async () => {
    const { text } = await get(host.app, '/orders/one/o-1').expect(200);
    expect(text).toBe(JSON.stringify(vtexOrder('o-1')));
    expect(await revealedEvents(host.app)).toHaveLength(1);
    await vi.waitFor(
      async () => {
        expect(await audit(host.app)).toEqual([
          {
            storeId: 'shop',
            orderId: 'o-1',
            actor: 'test',
            action: 'address.revealed',
            detail: { way: 'masked-route', orderIds: ['o-1'], route: 'GET /orders/one/:id' },
          },
        ]);
      },
      { timeout: 15_000 },
    );
  });

  it('is audited once for a list, with every order in it', async () => {
    const { text } = await get(host.app, '/orders/declared').expect(200);
    expect(text).toMatch(REAL);
    await vi.waitFor(
      async () => {
        const [{ orderId, detail }] = await audit(host.app);
        expect(orderId).toBe('');
        expect(detail).toEqual({ way: 'masked-route', orderIds: ['page-1', 'page-2'], route: 'GET /orders/declared' });
      },
      { timeout: 15_000 },
    );
  });

  it.each(['text', 'stream', 'response', 'error', 'own-error'])('is audited for /orders/%s too', async (path) => {
    const { text } = await get(host.app, `/orders/${path}`);
    expect(text).toMatch(REAL);
    expect(await revealedEvents(host.app)).toHaveLength(1);
  });

  it('is not audited where nobody is shown', async () => {
    await get(host.app, '/orders/summary').expect(200);
    expect(await revealedEvents(host.app)).toEqual([]);
  });

  it('and nobody else: who does not ask, whom the policy refuses or does not know, or who is of another store', async () => {
    const others: Record<string, string>[] = [
      { 'x-show': 'alias' },
      { 'x-store': 'none' },
      { 'x-store': '' },
      { 'x-store': 'outlet' },
    ];
    for (const headers of others) {
      const { body, text } = await get(host.app, '/orders/one/o-1', headers).expect(200);
      expect(body.clientProfileData.email).toMatch(alias);
      expect(text).not.toMatch(REAL);
    }
    expect(await revealedEvents(host.app)).toEqual([]);
  });

  it('gets aliases once the day’s addresses are shown', async () => {
    const few = await start({ ...byHeader, reveals: { perDay: 7, perMinute: 0 } }, adapter);
    const ask = async () => (await get(few.app, '/orders/one/o-1').expect(200)).text;
    const shown = [await ask(), await ask()].map((text) => REAL.test(text));
    expect(shown).toEqual([true, false]);
    await few.close();
  });

  it('gets aliases while the audit cannot be written', async () => {
    await host.app.get(DataSource).query('DROP TABLE ct_audit_chain');
    for (const path of ['one/o-1', 'text', 'stream', 'declared']) {
      const { text } = await get(host.app, `/orders/${path}`).expect(200);
      expect(text).not.toMatch(REAL);
    }
  });
});

describe('an audience', () => {
  it.each<[string, NonNullable<ConversationTrackerOptions['audience']>]>([
    [
      'throws',
      () => {
        throw new UnauthorizedException();
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
    ['answers nonsense', () => 'REAL' as 'real'],
    ['answers later that it is aliases', () => Promise.resolve('alias')],
  ])('that %s shows aliases', async (_, audience) => {
    const host = await start({ audience });
    const { text } = await get(host.app, '/orders/one/o-1').expect(200);
    expect(text).not.toMatch(REAL);
    await host.close();
  });

  it('may take its time', async () => {
    const host = await start({ storeIdOf, audience: () => Promise.resolve('real') });
    const { text } = await get(host.app, '/orders/kept').expect(200);
    expect(text).toBe(JSON.stringify(plainOrder('kept-1')));
    await host.close();
  });

  it('is not asked in report mode, where everything is as it was', async () => {
    const audience = vi.fn(() => 'alias' as const);
    const host = await start({ mode: 'report', audience });
    expect((await get(host.app, '/orders/kept').expect(200)).text).toMatch(REAL);
    expect(audience).not.toHaveBeenCalled();
    await host.close();
  });
});
