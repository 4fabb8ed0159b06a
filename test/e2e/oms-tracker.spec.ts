import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { orderInput, TestOms } from '../support/oms.js';

const REAL = /juan@customer\.example|orders@shop\.example|rosa@neighbour\.example/i;
const alias = /^[0-9a-f]{32}@ct\.example\.com$/;
const steps: [string, string, object?][] = [
  ['post', 'payment-approved'],
  ['post', 'start-handling'],
  ['post', 'invoice', { invoiceNumber: '1', invoiceValue: 3330 }],
  ['patch', 'invoice/1/tracking', { trackingNumber: 'TRK-1', trackingUrl: 'https://parcels.example/TRK-1' }],
  ['post', 'delivered', {}],
];
const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 100 });

let oms: TestOms;
let closeErp: () => Promise<unknown>;
const pushes: { step: string | undefined; body: string }[] = [];

beforeAll(async () => {
  const erp = createServer((request, response) => {
    void text(request).then((body) => {
      pushes.push({ step: request.headers['x-order-step'] as string | undefined, body });
      return response.end();
    });
  });
  await new Promise<void>((resolve) => erp.listen(0, '127.0.0.1', resolve));
  closeErp = () => new Promise((resolve) => erp.close(resolve));
  const url = `http://127.0.0.1:${(erp.address() as AddressInfo).port}/`;
  oms = await TestOms.startTracked({ ERP_WEBHOOK_URL: url });
});

afterAll(async () => {
  await oms.stop();
  await closeErp();
});

const input = () => ({
  ...orderInput(),
  openTextField: { value: 'If I am out, write to rosa@neighbour.example or to Juan@Customer.example' },
});

describe('an order of the reference OMS, with the tracker', () => {
  it('goes through five steps: five mails, five messages, and aliases wherever it is shown', async () => {
    const api = oms.as('integrator');
    const shown: string[] = [];
    const keep = (response: { text: string; status: number }) => {
      expect(response.status, response.text).toBeLessThan(300);
      shown.push(response.text);
      return JSON.parse(response.text);
    };
    const placed = keep(await api.post('/api/oms/pvt/orders').send(input()));
    const { orderId, orderGroup } = placed;
    expect(placed.clientProfileData.email).toMatch(alias);
    expect(placed.followUpEmail).toMatch(alias);
    expect(placed.openTextField.value).toBe(
      `If I am out, write to undisclosed@ct.example.com or to ${placed.clientProfileData.email}`,
    );
    for (const [method, path, body] of steps) {
      keep(await api[method as 'post'](`/api/oms/pvt/orders/${orderId}/${path}`).send(body ?? {}));
    }
    keep(await api.get(`/api/oms/pvt/orders/${orderId}`));
    keep(await api.get('/api/oms/pvt/orders'));
    keep(await api.get(`/api/checkout/pub/orders/order-group/${orderGroup}`));
    for (const answer of shown) expect(answer).not.toMatch(REAL);

    await eventually(async () => {
      const { body } = await oms.anyone().get('/inbox.json').expect(200);
      expect(body.mails).toHaveLength(5);
    });
    const { body: inbox } = await oms.anyone().get('/inbox.json');
    for (const { envelope, from, to, ...mail } of inbox.mails) {
      expect(envelope.to).toEqual(['juan@customer.example']);
      expect(envelope.from).toMatch(/@bounce\.ct\.example\.com$/);
      expect(from).toContain(placed.followUpEmail);
      expect(to).toContain(placed.clientProfileData.email);
      expect(JSON.stringify(mail)).not.toMatch(REAL);
    }

    const messages = async () =>
      (await api.get(`/conversation-tracker/orders/${orderId}/messages`).expect(200)).body.messages as {
        step: string;
        to: { state: string }[];
      }[];
    await eventually(async () => {
      expect((await messages()).map(({ to }) => to[0].state)).toEqual(Array(5).fill('sent'));
    });
    expect((await messages()).map(({ step }) => step)).toEqual([
      'payment-approved',
      'handling-started',
      'invoiced',
      'shipped',
      'delivered',
    ]);
    const timeline = await api.get(`/conversation-tracker/orders/${orderId}/timeline`).expect(200);
    expect(timeline.text).not.toMatch(REAL);
    const statuses = timeline.body.entries.filter(({ kind }: { kind: string }) => kind === 'status');
    expect(statuses.map(({ step }: { step: string }) => step)).toEqual([
      'order.created',
      'payment-approved',
      'handling-started',
      'invoiced',
      'shipped',
      'delivered',
    ]);

    await eventually(() => expect(pushes.filter(({ body }) => body.includes(orderId))).toHaveLength(6));
    for (const { body } of pushes) expect(body).not.toMatch(REAL);
    const pushed = JSON.parse(pushes[0].body);
    expect(pushed.clientProfileData.email).toBe(placed.clientProfileData.email);
  });

  it('tells the customer how much came back, and why, without anybody’s address', async () => {
    const api = oms.as('owner');
    const { orderId } = await oms.placeOrder();
    const move = (path: string, body: object = {}) =>
      api.post(`/api/oms/pvt/orders/${orderId}/${path}`).send(body).expect(200);
    await move('payment-approved');
    await move('cancel', { reason: 'Sold out' });
    await move('refund', { value: 1234, reason: 'Sold out, see rosa@neighbour.example' });
    await eventually(async () => {
      const { body } = await oms.anyone().get('/inbox.json').expect(200);
      const mails = body.mails.filter(({ subject }: { subject: string }) => subject.includes(orderId));
      const texts: string[] = mails.map(({ text }: { text: string }) => text);
      expect(texts.find((text) => text.includes('refund is on its way'))).toContain('$12.34');
      expect(texts.find((text) => text.includes('was canceled'))).toContain('Sold out');
      expect(texts.join()).not.toMatch(REAL);
    });
  });

  it('mails a corrected address alone, and shows another alias for it', async () => {
    const { orderId, clientProfileData } = await oms.placeOrder({
      clientProfileData: { email: 'old@customer.example' },
    });
    const path = `/api/oms/pvt/orders/${orderId}`;
    const corrected = await oms.as('staff').put(`${path}/client-profile/email`).send({ email: 'new@customer.example' });
    expect(corrected.status).toBe(200);
    expect(corrected.text).not.toMatch(/(old|new)@customer\.example/);
    expect(corrected.body.clientProfileData.email).toMatch(alias);
    expect(corrected.body.clientProfileData.email).not.toBe(clientProfileData.email);
    await oms.as('staff').post(`${path}/payment-approved`).expect(200);
    await eventually(async () => {
      const { body } = await oms.anyone().get('/inbox.json').expect(200);
      const mails = body.mails.filter(({ subject }: { subject: string }) => subject.includes(orderId));
      expect(mails).toMatchObject([{ envelope: { to: ['new@customer.example'] } }]);
    });
  });

  it('lies in clear in no file and no table of the tracker: neither address, nor subject, nor text', async () => {
    const secret = /juan@customer|orders@shop|rosa@neighbour|We received your payment|Coffee, 500 g/i;
    const files = await readdir(oms.directory, { recursive: true, withFileTypes: true });
    const blobs = files.filter((file) => file.isFile() && file.parentPath.includes('conversation-tracker'));
    expect(blobs.length).toBeGreaterThan(0);
    for (const { parentPath, name } of blobs) {
      expect((await readFile(join(parentPath, name))).toString('latin1')).not.toMatch(secret);
    }
    const database = oms.app.get(DataSource);
    const tables = database.entityMetadatas.filter(({ tableName }) => tableName.startsWith('ct_'));
    expect(tables.length).toBeGreaterThan(5);
    const small = await database.query<{ octets: string }[]>('SELECT octets FROM ct_blob');
    expect(small.length).toBeGreaterThan(5);
    for (const { octets } of small) expect(Buffer.from(octets, 'base64').toString('latin1')).not.toMatch(secret);
    for (const { tableName } of tables) {
      expect(JSON.stringify(await database.query(`SELECT * FROM ${tableName}`)), tableName).not.toMatch(secret);
    }
  });
});

describe('bad input', () => {
  it('masks addresses in whatever field they come, and repeats none in an error', async () => {
    const juan = 'juan@customer.example';
    const order = await oms.placeOrder({
      clientProfileData: { email: 'Juan@Customer.Example', firstName: juan },
      items: [
        {
          id: '1',
          name: `For ${juan}`,
          quantity: 1,
          price: 1,
          imageUrl: `https://x.example/?to=${encodeURIComponent(juan)}`,
        },
      ],
      customData: { [juan]: JSON.stringify({ inner: JSON.stringify({ to: juan }) }) },
      marketplace: { name: juan },
      marketplaceOrderId: juan,
    });
    const api = oms.as('integrator');
    const path = `/api/oms/pvt/orders/${order.orderId}`;
    const answers = [
      await api.get(path).expect(200),
      await api.get('/api/oms/pvt/orders').expect(200),
      await api.get(`/api/checkout/pub/orders/order-group/${order.orderGroup}`).expect(200),
      await api.get(`/api/oms/pvt/orders/${juan}`).expect(404),
      await api.post(`${path}/delivered`).send({}).expect(409),
      await api.post(`${path}/invoice`).send({ invoiceNumber: juan, invoiceValue: juan }).expect(422),
      await api.put(`${path}/client-profile/email`).send({ email: juan }).expect(403),
      await api.post('/api/oms/pvt/orders').type('json').send(`{ ${juan}`).expect(400),
    ];
    for (const { text } of answers) expect(text).not.toMatch(/juan(@|%40)customer\.example/i);
  });

  it('answers an unknown order and one of another store alike, on every route of the tracker', async () => {
    const { orderId } = await oms.placeOrder();
    for (const path of ['timeline', 'messages', 'aliases']) {
      const foreign = await oms.as('owner', 'outlet').get(`/conversation-tracker/orders/${orderId}/${path}`);
      const unknown = await oms.as('owner', 'outlet').get(`/conversation-tracker/orders/none/${path}`);
      expect(foreign.status).toBe(404);
      expect(foreign.body).toEqual(unknown.body);
    }
  });

  it.each(['juan@', 'nobody', 'two words@customer.example'])(
    'accepts an order with the broken customer address %j, masks it, and shows that no mail can be sent',
    async (email) => {
      const order = await oms.placeOrder({ clientProfileData: { email, firstName: 'Juan', lastName: 'Valdez' } });
      expect(order.clientProfileData.email).toMatch(alias);
      const api = oms.as('integrator');
      const approved = await api.post(`/api/oms/pvt/orders/${order.orderId}/payment-approved`).expect(200);
      expect(approved.body.clientProfileData.email).toBe(order.clientProfileData.email);
      await eventually(async () => {
        const { body } = await api.get(`/conversation-tracker/orders/${order.orderId}/messages`).expect(200);
        expect(body.messages[0].to[0]).toMatchObject({ state: 'failed', alias: order.clientProfileData.email });
      });
    },
  );

  it('names the field of an invalid address in the settings with a 422', async () => {
    const { status, body } = await oms
      .as('owner')
      .patch('/conversation-tracker/settings')
      .send({ senderAddress: 'not an address' });
    expect(status).toBe(422);
    expect(body.errors).toEqual([expect.objectContaining({ field: 'senderAddress' })]);
    expect(JSON.stringify(body)).not.toContain('not an address');
  });

  it.each([
    ['integrator', 'patch', 'settings', 403],
    ['staff', 'patch', 'settings', 403],
    ['owner', 'patch', 'settings', 200],
    ['integrator', 'get', 'settings', 403],
  ] as const)('lets %s %s %s with %i', async (role, method, path, status) => {
    await oms.as(role)[method](`/conversation-tracker/${path}`).send({}).expect(status);
  });
});
