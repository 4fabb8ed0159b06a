import { type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { OrderMaskingService } from 'nestjs-conversation-tracker';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type HostApp, startHost } from '../support/host-app.js';
import { startHttp } from '../support/http-adapter.js';
import {
  CUSTOMER,
  DecoratedController,
  maskChosen,
  plainOrder,
  STRANGER,
  UndecoratedController,
} from '../support/masking-host.js';

const controllers = [DecoratedController, UndecoratedController];
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 50 });

interface RouteCounts {
  route: string;
  responses: number;
  unread: number;
  roleValues: { path: string; role: string; count: number }[];
  freeText: { path: string; count: number }[];
  left: { path: string }[];
}

describe.each(['express', 'fastify'] as const)('in report mode, on %s,', (adapter) => {
  let host: HostApp;
  /** The same controllers without the tracker. */
  let bare: INestApplication;

  beforeAll(async () => {
    host = await startHost({ ...maskChosen, mode: 'report' }, undefined, { controllers }, adapter);
    bare = await startHttp(await Test.createTestingModule({ controllers }).compile(), adapter);
  });

  afterAll(async () => {
    await host.close();
    await bare.close();
  });

  const get = (app: INestApplication, path: string) => request(app.getHttpServer()).get(path);

  const routes = async (store = 'default'): Promise<RouteCounts[]> => {
    const { body } = await get(host.app, '/conversation-tracker/masking-report').set('x-store', store).expect(200);
    expect(body).toMatchObject({ mode: 'report', since: expect.stringMatching(/Z$/) });
    return body.routes as RouteCounts[];
  };

  const counted = async (route: string, responses = 1): Promise<RouteCounts> => {
    let found: RouteCounts | undefined;
    await eventually(async () => {
      found = (await routes()).find((counts) => counts.route === route);
      expect(found?.responses).toBe(responses);
    });
    return found!;
  };

  it.each([
    'one/1',
    'kept',
    'declared',
    'list',
    'nested',
    'entity',
    'error',
    'own-error',
    'response',
    'text',
    'stream',
    'pdf',
    'events',
    'guarded',
  ])('the response of /orders/%s leaves byte for byte as it is, with its headers', async (path) => {
    const [reported, plain] = await Promise.all(
      [host.app, bare].map((app) => get(app, `/orders/${path}`).buffer(true)),
    );
    expect(reported.status).toBe(plain.status);
    expect(reported.text).toBe(plain.text);
    expect(reported.body).toEqual(plain.body);
    expect({ ...reported.headers, date: '' }).toEqual({ ...plain.headers, date: '' });
  });

  it('counts what masking would change, by route and JSON path, without a URL, an order id or an address', async () => {
    for (const id of ['secret-1', 'secret-2']) await get(host.app, `/orders/one/${id}`).expect(200);
    const { text } = await get(host.app, '/conversation-tracker/masking-report').set('x-store', 'default');
    expect(text).not.toMatch(/secret|@|customer\.example/);
    const one = await counted('GET /orders/one/:id', 3);
    expect(one.roleValues).toEqual([{ path: 'clientProfileData.email', role: 'customer', count: 3 }]);
    expect(one.freeText).toEqual(
      expect.arrayContaining([
        { path: 'openTextField.value', count: 6 },
        { path: 'customData.raw', count: 3 },
        { path: 'notes["*"]', count: 3 },
      ]),
    );
    expect(one.left).toEqual([]);
  });

  it('counts the orders of a list at one path, and each event of a stream', async () => {
    const declared = await counted('GET /orders/declared');
    expect(declared.roleValues).toEqual([{ path: 'data.orders[].customer.email', role: 'customer', count: 2 }]);
    expect(declared.freeText).toEqual([{ path: 'data.by', count: 1 }]);
    expect((await counted('GET /orders/events')).roleValues[0]).toMatchObject({ path: 'customer.email', count: 1 });
  });

  it('says how many responses it did not look into, and looks into no route that would not be masked', async () => {
    await get(host.app, '/plain/login').expect(200);
    await eventually(async () => {
      expect((await routes()).find(({ route }) => route === 'GET /orders/pdf')).toMatchObject({
        unread: 1,
        responses: 0,
      });
    });
    expect((await routes()).map(({ route }) => route)).not.toContain('GET /plain/login');
  });

  it('shows each store its own counts', async () => {
    await get(host.app, '/plain/chosen').set('x-store', 'shop').expect(200);
    await eventually(async () => {
      expect((await routes('shop')).map(({ route }) => route)).toEqual(['GET /plain/chosen']);
    });
    expect((await routes()).map(({ route }) => route)).not.toContain('GET /plain/chosen');
    expect(await routes('outlet')).toEqual([]);
  });

  it('leaves pushes as they are, and counts them', async () => {
    const masking = host.app.get(OrderMaskingService, { strict: false });
    const order = plainOrder('push-1');
    expect(await masking.maskToJson(order)).toBe(JSON.stringify(order));
    expect(await masking.mask(order)).toEqual(order);
    expect((await counted('push', 2)).roleValues).toEqual([{ path: 'customer.email', role: 'customer', count: 2 }]);
  });

  it('issues nothing', async () => {
    const database = host.app.get(DataSource);
    for (const table of ['ct_participant', 'ct_alias', 'ct_outbox_event']) {
      expect(await database.query(`SELECT * FROM ${table}`), table).toEqual([]);
    }
  });

  it('is shown to nobody without the permission', async () => {
    await get(host.app, '/conversation-tracker/masking-report').set('x-store', 'none').expect(403);
  });
});

describe('the log in report mode', () => {
  it('has one line a minute at most, with routes and numbers alone', async () => {
    const clock = { time: Date.UTC(2026, 0, 1), now: () => clock.time };
    const lines: string[] = [];
    const keep = (message: unknown): void => void lines.push(String(message));
    const host = await startHost({ mode: 'report', clock }, undefined, { controllers });
    host.app.useLogger({ log: keep, warn: keep, error: keep });
    const order = async (times: number) => {
      for (let i = 0; i < times; i++) await request(host.app.getHttpServer()).get('/orders/one/secret').expect(200);
    };
    const told = () => lines.filter((line) => line.includes('masks nothing'));
    await order(1);
    await eventually(async () => expect(told()).toHaveLength(1));
    await order(3);
    await eventually(async () => {
      const report = request(host.app.getHttpServer()).get('/conversation-tracker/masking-report');
      expect((await report.set('x-store', 'default')).body.routes[0].responses).toBe(4);
    });
    expect(told()).toHaveLength(1);
    clock.time += 60_000;
    await order(1);
    await eventually(async () => expect(told()).toHaveLength(2));
    expect(told()[1]).toContain('25 addresses in 5 responses so far (GET /orders/one/:id 25)');
    expect(lines.join()).not.toMatch(new RegExp(`${CUSTOMER}|${STRANGER}|secret`));
    await host.close();
  });
});

it('without a mode orders are masked, and the report is empty', async () => {
  const host = await startHost({}, undefined, { controllers });
  await request(host.app.getHttpServer()).get('/orders/one/1').expect(200);
  const { body } = await request(host.app.getHttpServer())
    .get('/conversation-tracker/masking-report')
    .set('x-store', 'default');
  expect(body).toMatchObject({ mode: 'mask', routes: [] });
  await host.close();
});

it('a mode of another name stops the start and says what to give', async () => {
  await expect(startHost({ mode: 'dry-run' as 'report' })).rejects.toThrow(/mode: give 'report' or 'mask'/);
});
