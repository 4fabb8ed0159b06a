import { OrderMaskingService } from 'nestjs-conversation-tracker';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HostApp, startHost } from '../support/host-app.js';
import {
  CUSTOMER,
  DecoratedController,
  maskChosen,
  plainOrder,
  REAL,
  STRANGER,
  UndecoratedController,
  vtexOrder,
} from '../support/masking-host.js';

const PLACEHOLDER = 'undisclosed@ct.example.com';
const alias = /^[0-9a-f]{32}@ct\.example\.com$/;

let host: HostApp;
const get = (path: string) => request(host.app.getHttpServer()).get(path);

beforeAll(async () => {
  host = await startHost(maskChosen, undefined, { controllers: [DecoratedController, UndecoratedController] });
});

afterAll(() => host.close());

/** The order with every address in it replaced, as it should leave. */
const replaced = (order: object, by: string) =>
  JSON.stringify(order).replaceAll(CUSTOMER, by).replaceAll(STRANGER, PLACEHOLDER);

describe('a response that shows an order', () => {
  it('has aliases for addresses and is the same byte for byte in all else, cold and warm', async () => {
    const cold = await get('/orders/one/cold-1').expect(200);
    const { email } = cold.body.clientProfileData;
    expect(email).toMatch(alias);
    expect(cold.text).toBe(replaced(vtexOrder('cold-1'), email));
    const warm = await get('/orders/one/cold-1').expect(200);
    expect(warm.text).toBe(cold.text);
    expect(warm.headers['etag']).toBe(cold.headers['etag']);
    expect(warm.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('shows another alias of the same person in another order', async () => {
    const one = await get('/orders/one/person-1');
    const other = await get('/orders/one/person-2');
    expect(one.body.clientProfileData.email).not.toBe(other.body.clientProfileData.email);
  });

  it('has each order of a declared list masked by itself, and no alias for what stands around them', async () => {
    const { body, text } = await get('/orders/declared').expect(200);
    const [first, second] = body.data.orders;
    expect([first.customer.email, second.customer.email]).toEqual([
      expect.stringMatching(alias),
      expect.stringMatching(alias),
    ]);
    expect(first.customer.email).not.toBe(second.customer.email);
    expect(body.data.by).toBe(PLACEHOLDER);
    expect(text).not.toMatch(REAL);
  });

  it('is masked where no root is declared and toJSON makes the orders', async () => {
    const { body } = await get('/orders/list').expect(200);
    expect(body.paging).toEqual({ total: 2 });
    for (const order of body.list) expect(order.customer.email).toMatch(alias);
  });

  it('gives an order inside an order its own aliases', async () => {
    const { body, text } = await get('/orders/nested').expect(200);
    expect(body.replaces.customer.email).toMatch(alias);
    expect(text).not.toMatch(REAL);
    const own = await get('/orders/nested');
    expect(own.text).toBe(text);
  });

  it('keeps what ClassSerializerInterceptor left out, and masks what a getter says', async () => {
    const { body, text } = await get('/orders/entity').expect(200);
    expect(body.label).toBe(`for ${body.customer.email}`);
    expect(text).not.toMatch(/internalNote|never shown/);
  });

  it("leaves the host's own object as it was", async () => {
    await get('/orders/kept').expect(200);
    expect(DecoratedController.entity).toEqual(plainOrder('kept-1'));
  });

  it('fails as it did before on a BigInt', async () => {
    await get('/orders/bigint').expect(500);
  });

  it.each(['broken', 'signless'])('masks a customer address that no mail server would take: %s', async (path) => {
    for (let i = 0; i < 2; i++) {
      const { body } = await get(`/orders/${path}`).expect(200);
      expect(body.customer.email).toMatch(alias);
    }
  });
});

describe('a customer address without any at sign', () => {
  it('is masked also in an order that memory knows from a list without its customer', async () => {
    const own = await startHost({}, undefined, { controllers: [DecoratedController] });
    const server = request(own.app.getHttpServer());
    await server.get('/orders/summary').expect(200);
    const { body } = await server.get('/orders/signless').expect(200);
    expect(body.customer.email).toMatch(alias);
    await own.close();
  });
});

describe('what leaves by another way than a return', () => {
  it('is masked: an error of Nest, and one with an order in it', async () => {
    const { body } = await get('/orders/error').expect(404);
    expect(body.message).toBe(`${PLACEHOLDER} has no such order`);
    const own = await get('/orders/own-error').expect(409);
    expect(own.body.customer.email).toMatch(alias);
    expect(own.body.message).toBe(`not yet, ${PLACEHOLDER}`);
  });

  it('is masked: @Res(), a text, a stream of JSON, server-sent events', async () => {
    const response = await get('/orders/response').expect(203);
    expect(response.text).toBe(replaced(vtexOrder('response-1'), response.body.clientProfileData.email));
    expect((await get('/orders/text')).text).toBe(`ordered by ${PLACEHOLDER}`);
    const stream = await get('/orders/stream').expect(200);
    expect(stream.body).toEqual({ ...plainOrder('stream-1'), customer: { email: expect.stringMatching(alias) } });
    const events = await get('/orders/events').expect(200);
    expect(events.text).toMatch(/data: \{"orderId":"event-1","customer":\{"email":"[0-9a-f]{32}@ct\.example\.com"/);
  });

  it('passes as it is where it is no text: docs/guides/masking.md says so', async () => {
    expect((await get('/orders/pdf').buffer(true)).body.toString()).toBe(`%PDF ${CUSTOMER}`);
  });

  it('is not masked when a guard answers, before any interceptor: docs/guides/masking.md says so', async () => {
    const { body } = await get('/orders/guarded').expect(403);
    expect(body.message).toContain(STRANGER);
  });
});

describe('routes', () => {
  it('may be chosen by a function, with the store that it names', async () => {
    const shop = await get('/plain/chosen').set('x-store', 'shop');
    const outlet = await get('/plain/chosen').set('x-store', 'outlet');
    expect(shop.body.customer.email).toMatch(alias);
    expect(outlet.body.customer.email).toMatch(alias);
    expect(shop.body.customer.email).not.toBe(outlet.body.customer.email);
  });

  it('that are not chosen stay as they are', async () => {
    expect((await get('/plain/login')).body).toEqual({ user: CUSTOMER });
  });
});

describe('a push', () => {
  it('shows the same aliases as a response, and leaves the order alone', async () => {
    const masking = host.app.get(OrderMaskingService, { strict: false });
    const order = vtexOrder('push-1');
    const pushed = await masking.mask(order);
    const { body } = await get('/orders/one/push-1');
    expect(pushed).toEqual(body);
    expect(order).toEqual(vtexOrder('push-1'));
    expect(await masking.maskToJson([order])).toBe(`[${JSON.stringify(body)}]`);
    expect(await masking.mask(pushed)).toEqual(pushed);
  });
});

describe('while the database is away', () => {
  it('an order shows the aliases that memory knows and else the placeholder, and never fails', async () => {
    const away = await startHost({}, undefined, { controllers: [DecoratedController] });
    const server = request(away.app.getHttpServer());
    const known = await server.get('/orders/one/known-1').expect(200);
    await away.app.get(DataSource).query('DROP TABLE ct_participant');
    expect((await server.get('/orders/one/known-1').expect(200)).text).toBe(known.text);
    const unknown = await server.get('/orders/one/unknown-1').expect(200);
    expect(unknown.text).toBe(replaced(vtexOrder('unknown-1'), PLACEHOLDER));
    await away.close();
  });
});
