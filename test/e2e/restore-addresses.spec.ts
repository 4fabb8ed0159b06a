import {
  Body,
  Controller,
  type ExecutionContext,
  Get,
  HttpCode,
  Param,
  Post,
  Put,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { Type } from 'class-transformer';
import { IsEmail, IsString, ValidateNested } from 'class-validator';
import { MaskOrders, RestoreAddressesPipe } from 'nestjs-conversation-tracker';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AliasPurge } from '../../libs/conversation-tracker/src/alias/alias-purge.js';
import { type HostApp, startHost } from '../support/host-app.js';

const CUSTOMER = 'ana.perez@customer.example';
const SELLER = "o'neil@seller.example";
const CORRECTED = 'ana@new-home.example';
const REAL = /customer\.example|seller\.example|new-home\.example/;

const order = (orderId: string, email = CUSTOMER) => ({
  orderId,
  total: 12.5,
  clientProfileData: { email, firstName: 'Ana' },
  sellers: [{ id: '1', email: SELLER }],
  openTextField: { value: `Write to ${email}, or to <${SELLER}>.\nThanks` },
  customData: { raw: JSON.stringify({ buyer: email, more: [SELLER] }) },
  tracking: `https://parcels.example/?to=${encodeURIComponent(email)}&n=1`,
  notes: { [email]: 'called twice', asset: 'retina@2x.png' },
  watched: [true, null, 7],
});

class CustomerDto {
  @IsEmail()
  email!: string;
}

class OrderDto {
  @IsString()
  orderId!: string;

  @ValidateNested()
  @Type(() => CustomerDto)
  customer!: CustomerDto;
}

const orders = new Map<string, object>();
let received: unknown;

@MaskOrders()
@Controller('orders')
class OrdersController {
  @Get(':orderId')
  read(@Param('orderId') orderId: string) {
    return orders.get(orderId);
  }

  @Put(':orderId')
  write(@Param('orderId') orderId: string, @Body(RestoreAddressesPipe) body: unknown) {
    received = body;
    return { orderId, body };
  }

  @Post('import')
  @HttpCode(200)
  import(@Body(RestoreAddressesPipe) body: unknown) {
    received = body;
    return [];
  }

  @Put('numbered/:number')
  numbered(
    @Body(
      RestoreAddressesPipe.for({
        orderId: (context: ExecutionContext) =>
          `o-${context.switchToHttp().getRequest<{ params: { number: string } }>().params.number}`,
      }),
    )
    body: unknown,
  ) {
    received = body;
    return {};
  }

  @UsePipes(RestoreAddressesPipe)
  @Put('piped/:orderId')
  piped(@Param('orderId') orderId: string, @Body() body: unknown) {
    received = { orderId, body };
    return {};
  }

  @Put('checked/:orderId')
  checked(@Body(RestoreAddressesPipe) body: OrderDto) {
    received = body;
    return {};
  }
}

@Controller('unmasked')
class UnmaskedController {
  @Put(':orderId')
  write(@Body(RestoreAddressesPipe) body: unknown) {
    return body;
  }
}

const validation = { provide: APP_PIPE, useValue: new ValidationPipe({ transform: true }) };
const storeIdOf = (context: ExecutionContext) =>
  context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>().headers['x-store'];

describe.each(['express', 'fastify'] as const)('a body that another system sends back, on %s,', (adapter) => {
  const clock = { time: 0, now: () => clock.time };
  let host: HostApp;

  beforeAll(async () => {
    clock.time = Date.parse('2026-05-01T09:30:00Z');
    const parts = { controllers: [OrdersController, UnmaskedController], providers: [validation] };
    host = await startHost({ storeIdOf, clock }, undefined, parts, adapter);
  });

  afterAll(() => host.close());

  beforeEach(() => {
    received = undefined;
    orders.clear();
    for (const id of ['o-1', 'o-2', 'o-3', 'o-4', 'o-5', 'o-6']) orders.set(id, order(id));
  });

  const server = () => request(host.app.getHttpServer());
  /** What a system that works with aliases has of an order. */
  const readMasked = async (orderId: string, store = 'shop') => {
    const { body, text } = await server().get(`/orders/${orderId}`).set('x-store', store).expect(200);
    expect(text).not.toMatch(REAL);
    return body as ReturnType<typeof order>;
  };
  const put = (path: string, body: object, store = 'shop') =>
    server().put(`/orders/${path}`).set('x-store', store).send(body);

  it('has its real addresses again: in values, text, JSON, URLs and keys, and nothing else is changed', async () => {
    const masked = await readMasked('o-1');
    const { text } = await put('o-1', masked).expect(200);
    expect(received).toEqual(order('o-1'));
    expect(JSON.stringify(received)).toBe(JSON.stringify(order('o-1')));
    expect(text).not.toMatch(REAL);
  });

  it('may have real addresses beside aliases, and strangers', async () => {
    const masked = await readMasked('o-1');
    const own = { ...masked, openTextField: { value: 'or bob@else.example' }, clientProfileData: { email: CUSTOMER } };
    await put('o-1', own).expect(200);
    expect(received).toMatchObject({
      clientProfileData: { email: CUSTOMER },
      openTextField: { value: 'or bob@else.example' },
      sellers: [{ email: SELLER }],
    });
  });

  it('may have aliases in capitals', async () => {
    const { email } = (await readMasked('o-1')).clientProfileData;
    await put('o-1', { email: email.toUpperCase() }).expect(200);
    expect(received).toEqual({ email: CUSTOMER });
  });

  it('may have aliases that have ended and were purged, and earlier ones of a person', async () => {
    const first = await readMasked('o-2');
    const database = host.app.get(DataSource);
    const [{ id }]: { id: string }[] = await database.query(
      `SELECT a."id" FROM ct_alias a JOIN ct_participant p ON p."id" = a."participantId"
       WHERE a."orderId" = 'o-2' AND p."roles" LIKE 'customer%'`,
    );
    await server().post(`/conversation-tracker/aliases/${id}/renew`).set('x-store', 'shop').expect(201);
    const second = await readMasked('o-2');
    expect(second.clientProfileData.email).not.toBe(first.clientProfileData.email);
    clock.time = Date.parse('2026-09-01T00:00:00Z');
    await host.app.get(AliasPurge, { strict: false }).purge();
    expect(await database.query(`SELECT "id" FROM ct_alias WHERE "orderId" = 'o-2'`)).toEqual([]);
    for (const masked of [first, second]) {
      await put('o-2', masked).expect(200);
      expect(received).toEqual(order('o-2'));
    }
  });

  it('gets the corrected address where one took the place of the one behind the alias', async () => {
    const before = await readMasked('o-3');
    orders.set('o-3', order('o-3', CORRECTED));
    await readMasked('o-3');
    await put('o-3', before).expect(200);
    expect(received).toEqual(order('o-3', CORRECTED));
  });

  describe('is refused with its path and without any address', () => {
    const refused = async (path: string, body: object, fields: string[], store = 'shop') => {
      const { status, body: problem, text } = await put(path, body, store);
      expect(status).toBe(422);
      expect(problem).toMatchObject({ type: 'urn:conversation-tracker:invalid-input', status: 422 });
      expect(problem.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
      expect(text).not.toMatch(/@[a-z]/i);
      expect(received).toBeUndefined();
    };

    it('where it holds an alias of another order', async () => {
      const other = await readMasked('o-4');
      await readMasked('o-1');
      await refused('o-1', { orderId: 'o-4', customer: { email: other.clientProfileData.email } }, ['customer.email']);
      await refused('o-1', { list: [{ note: `see ${other.sellers[0].email}` }] }, ['list[0].note']);
    });

    it('where it holds an alias of another store', async () => {
      const { clientProfileData } = await readMasked('o-1', 'outlet');
      await refused('o-1', { clientProfileData }, ['clientProfileData.email']);
      await put('o-1', { clientProfileData }, 'outlet').expect(200);
    });

    it.each([
      ['the placeholder', 'undisclosed@ct.example.com'],
      ['the placeholder in text', 'ask Undisclosed@CT.example.com.'],
      ['the placeholder in a URL', 'https://x.example/?to=undisclosed%40ct.example.com'],
      ['an alias of nobody', `${'ab'.repeat(16)}@ct.example.com`],
      ['a Simple alias of nobody', 'ana@shop.example-207700027841b.ct.example.com'],
      ['any address of ours', 'abuse@ct.example.com'],
      ['asterisks', '***'],
      ['an address with asterisks', 'an***@cu***.example'],
      ['a domain of asterisks', 'write to ana@***.example'],
      ['JSON with an alias of nobody', JSON.stringify({ a: `${'ab'.repeat(16)}@ct.example.com` })],
    ])('where it holds %s', async (_, text) => {
      await readMasked('o-1');
      await refused('o-1', { sellers: [{ email: CUSTOMER }, { email: text }] }, ['sellers[1].email']);
      if (!text.startsWith('{'))
        await refused('o-1', { [text]: 1 }, [expect.stringMatching(/^\["(\*|\*\*\*)"\]$/)] as string[]);
    });

    it('where a person was erased', async () => {
      const masked = await readMasked('o-5');
      const database = host.app.get(DataSource);
      await database.query(`UPDATE ct_participant SET "state" = 'erased', "sealed" = NULL WHERE "orderId" = 'o-5'`);
      await refused('o-5', { email: masked.clientProfileData.email }, ['email']);
    });

    it('where no order is named', async () => {
      const { clientProfileData } = await readMasked('o-1');
      await server().post('/orders/import').set('x-store', 'shop').send({ clientProfileData }).expect(422);
    });
  });

  it('may be a list: each order has its own aliases', async () => {
    const list = [await readMasked('o-1'), await readMasked('o-6')];
    await server().post('/orders/import').set('x-store', 'shop').send({ list }).expect(200);
    expect(received).toEqual({ list: [order('o-1'), order('o-6')] });
    const mixed = [{ ...list[0], orderId: 'o-6' }];
    await server().post('/orders/import').set('x-store', 'shop').send(mixed).expect(422);
  });

  it('may be of an order that the route names in its own way', async () => {
    const { clientProfileData } = await readMasked('o-6');
    await put('numbered/6', { clientProfileData }).expect(200);
    expect(received).toMatchObject({ clientProfileData: { email: CUSTOMER } });
    received = undefined;
    await put('numbered/1', { clientProfileData }).expect(422);
  });

  it("keeps the class that the host's own validation made of it", async () => {
    const { clientProfileData } = await readMasked('o-1');
    await put('checked/o-1', { orderId: 'o-1', customer: { email: clientProfileData.email } }).expect(200);
    expect(received).toBeInstanceOf(OrderDto);
    expect((received as OrderDto).customer).toBeInstanceOf(CustomerDto);
    expect((received as OrderDto).customer.email).toBe(CUSTOMER);
  });

  it('is all that the pipe looks at, also where it stands on the whole route', async () => {
    const { clientProfileData } = await readMasked('o-1');
    await put('piped/o-1', { clientProfileData }).expect(200);
    expect(received).toMatchObject({ orderId: 'o-1', body: { clientProfileData: { email: CUSTOMER } } });
  });

  it('is not taken by a route that is not masked, whose answer could tell the addresses', async () => {
    const masked = await readMasked('o-1');
    const { text } = await server().put('/unmasked/o-1').set('x-store', 'shop').send(masked).expect(500);
    expect(text).not.toMatch(REAL);
  });

  it('of two requests at one moment has its own order each', async () => {
    const bodies = [await readMasked('o-1'), await readMasked('o-6')];
    const answers = await Promise.all([put('o-1', bodies[0]), put('o-6', bodies[1]), put('o-6', bodies[0])]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 422]);
  });
});
