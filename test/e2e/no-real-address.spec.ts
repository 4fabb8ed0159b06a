import { Controller, Get, type INestApplication, NotFoundException, Param, Redirect, Sse } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { expectNoRealAddress, type NoRealAddressOptions } from 'nestjs-conversation-tracker';
import request from 'supertest';
import { concat, NEVER, of } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HostApp, startHost } from '../support/host-app.js';
import { CUSTOMER, DecoratedController, STRANGER } from '../support/masking-host.js';
import { orderInput, TestOms } from '../support/oms.js';

const ANA = 'ana.perez@customer.example';
const BOB = 'bob@seller.example';
const seeds = [ANA, BOB];

@Controller('shop')
class LeakyController {
  @Get('orders')
  list() {
    return { list: [{ orderId: 'known-1' }, { orderId: 'known-2' }] };
  }

  /** Only the second one leaks. */
  @Get('orders/:orderId')
  one(@Param('orderId') orderId: string) {
    if (!orderId.startsWith('known-')) throw new NotFoundException();
    return { orderId, people: [{ email: orderId === 'known-2' ? 'Ana.Perez@Customer.example' : 'undisclosed' }] };
  }

  @Get('hidden')
  hidden() {
    return {
      url: `https://x.example/?to=${encodeURIComponent(encodeURIComponent(ANA))}`,
      html: ANA.replace('@', '&#x40;'),
      json: JSON.stringify({ raw: JSON.stringify({ buyer: ANA }) }).replace('@', String.raw`\u0040`),
      base64: `token ${Buffer.from(`to: ${ANA}`).toString('base64')}.`,
      base64url: `https://x.example/v1/${Buffer.from(JSON.stringify({ to: BOB })).toString('base64url')}`,
      wide: ANA.replace('@', '\uff20'),
      split: `ana.\u200bperez@customer.example`,
      broken: ANA.replace('@', '<wbr>@'),
      [BOB]: 'a key',
      clean: {
        alias: `${'ab'.repeat(16)}@ct.example.com`,
        simple: `${ANA}-207700027841b.ct.example.com`,
        page: `<b>${ANA}-207700027841b.<wbr>ct.example.com</b>`,
      },
    };
  }

  @Redirect(`https://mail.example/?to=${BOB}`, 302)
  @Get('redirect')
  redirect() {}

  @Get('failing')
  failing() {
    throw new NotFoundException(`no order of ${BOB}`);
  }

  @Get('text')
  text() {
    return `From: ${BOB}`;
  }

  @Sse('events')
  events() {
    return concat(of({ data: { email: BOB } }), NEVER);
  }

  @Get('users/:name')
  user(@Param('name') name: string) {
    return { name, email: name === 'bob' ? BOB : '' };
  }
}

@Controller('tidy')
class TidyController {
  @Get()
  all() {
    return [{ id: 'x', email: `${ANA}-207700027841b.ct.example.com` }];
  }

  @Get(':id')
  one(@Param('id') id: string) {
    return { id };
  }
}

async function messageOf(app: INestApplication, options: Partial<NoRealAddressOptions> = {}): Promise<string> {
  const error: unknown = await expectNoRealAddress(app, { seeds, patienceMs: 1_000, ...options }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  return (error as Error).message;
}

describe.each(['express', 'fastify'] as const)('expectNoRealAddress on a host on %s', (adapter) => {
  let host: HostApp;
  beforeAll(async () => {
    host = await startHost({}, undefined, { controllers: [LeakyController, DecoratedController] }, adapter);
  });
  afterAll(() => host.close());

  it('names every route and place where an address came out, the address by its index alone', async () => {
    const message = await messageOf(host.app, { params: { name: 'bob' } });
    const lines = message.split('\n').map((line) => line.trim());
    expect(lines).toEqual(
      expect.arrayContaining([
        'GET /shop/orders/:orderId (200): people[0].email shows seed 0',
        expect.stringMatching(/^GET \/shop\/redirect \(302\): header location shows seed 1/),
        'GET /shop/failing (404): message shows seed 1',
        'GET /shop/text (200): text shows seed 1',
        'GET /shop/events (200): text shows seed 1',
        'GET /shop/users/:name (200): email shows seed 1',
      ]),
    );
    const hidden = lines.find((line) => line.startsWith('GET /shop/hidden (200): '))!;
    expect(hidden.split(': ')[1].split(', ').toSorted()).toEqual(
      [
        '["*"] shows seed 1',
        'base64 shows seed 0',
        'base64url shows seed 1',
        'broken shows seed 0',
        'html shows seed 0',
        'json shows seed 0',
        'split shows seed 0',
        'url shows seed 0',
        'wide shows seed 0',
      ].toSorted(),
    );
    expect(message).not.toMatch(/@|known-\d/);
  });

  it('finds what a masked controller cannot cover, and nothing in what it covers', async () => {
    const message = await messageOf(host.app, { seeds: [CUSTOMER, STRANGER], params: { id: 'o-1' } });
    const masked = message.split('\n').filter((line) => line.includes(' /orders/'));
    expect(masked.map((line) => line.trim())).toEqual([
      'GET /orders/pdf (200): text shows seed 0',
      'GET /orders/guarded (403): message shows seed 1',
    ]);
  });

  it('does not ask routes that are skipped', async () => {
    const message = await messageOf(host.app, { skip: ['/shop/hidden', '/shop/orders/:orderId', '/shop/events'] });
    expect(message).not.toMatch(/hidden|:orderId|events/);
    expect(message).toContain('/shop/text');
  });

  it('leaves the app as it was: not listening, and answering', async () => {
    await messageOf(host.app);
    expect((host.app.getHttpServer() as { listening: boolean }).listening).toBe(false);
    await request(host.app.getHttpServer()).get('/shop/orders').expect(200);
  });

  it('passes where none comes out, and says which routes it saw and which not', async () => {
    const tidy = await startHost({}, undefined, { controllers: [TidyController] }, adapter);
    const { seen, notSeen } = await expectNoRealAddress(tidy.app, { seeds });
    expect(seen).toEqual(expect.arrayContaining(['GET /tidy', 'GET /tidy/:id']));
    expect(notSeen).toEqual(
      expect.arrayContaining([
        { route: 'GET /conversation-tracker/settings', reason: 'answered 401' },
        {
          route: 'GET /conversation-tracker/orders/:orderId/timeline',
          reason: 'no value for orderId: give params',
        },
      ]),
    );
    const prefixed = await expectNoRealAddress(tidy.app, { seeds, headers: { 'x-store': 'shop' } });
    expect(prefixed.seen).toContain('GET /conversation-tracker/settings');
    await tidy.close();
  });

  it('fails where it saw nothing, or was told to look for nothing', async () => {
    const document = { paths: { '/conversation-tracker/settings': { get: {} }, '/shop/text': { post: {} } } };
    expect(await messageOf(host.app, { openApi: document })).toMatch(/nothing was seen.*\n.*settings: answered 401$/);
    expect(await messageOf(host.app, { seeds: [] })).toContain('seeds');
    expect(await messageOf(host.app, { seeds: [ANA, ' '] })).toContain('seeds');
  });

  it('takes the routes of an OpenAPI document', async () => {
    const openApi = SwaggerModule.createDocument(host.app, new DocumentBuilder().build());
    const message = await messageOf(host.app, { openApi, params: { name: 'bob' } });
    expect(message).toContain('GET /shop/orders/:orderId (200): people[0].email shows seed 0');
    expect(message).toContain('GET /shop/users/:name (200): email shows seed 1');
  });
});

describe('the reference OMS', () => {
  let oms: TestOms;
  // Not the address that the OpenAPI document has as its example.
  const real = ['maria@buyer.example', 'orders@shop.example', 'rosa@neighbour.example'];

  beforeAll(async () => {
    oms = await TestOms.startTracked();
    const { clientProfileData, ...rest } = orderInput();
    const customer = { ...clientProfileData, email: 'maria@buyer.example' };
    const input = {
      ...rest,
      clientProfileData: customer,
      openTextField: { value: 'or write to rosa@neighbour.example' },
    };
    for (const maskType of ['complex', 'simple']) {
      await oms.as('owner').patch('/conversation-tracker/settings').send({ maskType }).expect(200);
      const { orderId } = await oms.placeOrder(input);
      await oms.as('staff').post(`/api/oms/pvt/orders/${orderId}/payment-approved`).expect(200);
    }
  });
  afterAll(() => oms.stop());

  /** The inbox stands for the mailboxes of the customers. */
  const skip = ['/inbox', '/inbox.json', '/inbox/:id', '/inbox/:id/raw'];

  it('shows another system no real address on any of its routes', async () => {
    const headers = { 'x-api-key': oms.key('integrator') };
    const { seen } = await expectNoRealAddress(oms.app, { seeds: real, headers, skip });
    expect(seen).toEqual(
      expect.arrayContaining([
        'GET /api/oms/pvt/orders',
        'GET /api/oms/pvt/orders/:orderId',
        'GET /conversation-tracker/orders/:orderId/timeline',
        'GET /conversation-tracker/orders/:orderId/messages',
        'GET /conversation-tracker/orders/:orderId/aliases',
        'GET /api/oms/pvt/orders/:orderId/conversation-message',
      ]),
    );
  });

  it('shows its staff none but what the store set up itself', async () => {
    const headers = { 'x-api-key': oms.key('staff') };
    const { seen } = await expectNoRealAddress(oms.app, { seeds: [real[0], real[2]], headers, skip });
    expect(seen).toContain('GET /conversation-tracker/masking-report');
  });

  it('shows an owner with a reason the customers’ addresses in Master Data, which the walk finds', async () => {
    const headers = { 'x-api-key': oms.key('owner'), 'x-reason': 'A customer called about an order' };
    const message = await expectNoRealAddress(oms.app, { seeds: real, headers, skip }).catch(
      (error: Error) => error.message,
    );
    expect(message).toContain('GET /api/dataentities/CL/customers (200)');
    expect(message).toContain('GET /api/dataentities/CL/customers/:id (200)');
    expect(message).not.toMatch(/\/api\/oms\/pvt\/orders \(|buyer\.example/);
  });
});
