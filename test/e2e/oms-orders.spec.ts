import { Global, Module } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OrderEvent } from '../../src/orders/order-event.js';
import { OrderEvents, OrderPush } from '../../src/orders/order-ports.js';
import { OrderReader } from '../../src/orders/order-reader.js';
import type { Order } from '../../src/orders/order.js';
import { OrdersModule } from '../../src/orders/orders.module.js';
import { orderInput, TestOms } from '../support/oms.js';

const told: OrderEvent[] = [];
const pushed: string[] = [];
let refuseEvents = false;

/** A guest as a host's own listener would be: it needs the reader and provides both ports. */
@Global()
@Module({
  imports: [OrdersModule],
  providers: [
    {
      provide: OrderEvents,
      inject: [OrderReader],
      useFactory: (reader: OrderReader): OrderEvents => ({
        publish: async (event) => {
          if (refuseEvents) throw new Error('The listener is down');
          if (await reader.find(event.storeId, event.orderId)) told.push(event);
        },
      }),
    },
    {
      provide: OrderPush,
      useValue: {
        push: (order: Order, event: OrderEvent) => {
          pushed.push(`${event.step} ${order.status}`);
          return Promise.reject(new Error('The ERP is down'));
        },
      } satisfies OrderPush,
    },
  ],
  exports: [OrderEvents, OrderPush],
})
class ListenerModule {}

describe('the orders of the reference OMS', () => {
  let oms: TestOms;

  beforeAll(async () => {
    oms = await TestOms.start([ListenerModule]);
  });
  afterAll(() => oms.stop());
  beforeEach(() => {
    told.length = 0;
    pushed.length = 0;
    refuseEvents = false;
  });

  const step = (orderId: string, name: string, body: object = {}) =>
    oms.as('staff').post(`/api/oms/pvt/orders/${orderId}/${name}`).send(body);
  const toHandling = async (): Promise<Order> => {
    const { orderId } = await oms.placeOrder();
    await step(orderId, 'payment-approved').expect(200);
    const { body } = await step(orderId, 'start-handling').expect(200);
    return body as Order;
  };

  it('goes through its five steps and tells each of them', async () => {
    const placed = await oms.placeOrder();
    expect(placed).toMatchObject({ status: 'payment-pending', value: 3330, followUpEmail: 'orders@shop.example' });
    expect(placed.orderId).toMatch(/^\d{13}-01$/);
    const { orderId } = placed;

    await step(orderId, 'payment-approved').expect(200, /"status":"ready-for-handling"/);
    await step(orderId, 'start-handling').expect(200, /"status":"handling"/);
    await step(orderId, 'invoice', { invoiceNumber: '24382', invoiceValue: 3330 }).expect(200, /"status":"invoiced"/);
    await oms
      .as('staff')
      .patch(`/api/oms/pvt/orders/${orderId}/invoice/24382/tracking`)
      .send({ courier: 'Fast Parcels', trackingNumber: 'TRK-1', trackingUrl: 'https://parcels.example/TRK-1' })
      .expect(200);
    const { body } = await step(orderId, 'delivered').expect(200);

    expect(body).toMatchObject({ status: 'invoiced', isCompleted: true });
    const steps = ['order.created', 'payment-approved', 'handling-started', 'invoiced', 'shipped', 'delivered'];
    expect(told.map((event) => event.step)).toEqual(steps);
    expect(told.every((event) => event.storeId === 'shop' && event.orderId === orderId)).toBe(true);
    expect(told.at(-2)).toMatchObject({ occurrence: '24382', data: { trackingNumber: 'TRK-1' } });
    await oms.as('staff').get(`/api/oms/pvt/orders/${orderId}`).expect(200, body);
  });

  it('pushes each step after it is stored, and a failing ERP stops nothing', async () => {
    const { orderId } = await oms.placeOrder();
    await step(orderId, 'payment-approved').expect(200);
    await expect.poll(() => pushed).toEqual(['order.created payment-pending', 'payment-approved ready-for-handling']);
  });

  it('undoes a step that a listener could not store', async () => {
    const { orderId } = await oms.placeOrder();
    refuseEvents = true;
    await step(orderId, 'payment-approved').expect(500, {
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
    });
    await oms
      .as('staff')
      .get(`/api/oms/pvt/orders/${orderId}`)
      .expect(200, /"status":"payment-pending"/);
  });

  it('keeps steps that come at the same moment apart', async () => {
    const orders = await Promise.all(Array.from({ length: 8 }, () => oms.placeOrder()));
    expect(new Set(orders.map((order) => order.sequence)).size).toBe(8);
    const answers = await Promise.all(
      orders.flatMap(({ orderId }) => [1, 2].map(() => step(orderId, 'payment-approved'))),
    );
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(8);
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(8);
  });

  it('is shipped at once when the invoice already has a tracking number', async () => {
    const { orderId } = await toHandling();
    told.length = 0;
    await step(orderId, 'invoice', { invoiceNumber: '1', invoiceValue: 3330, trackingNumber: 'TRK-1' }).expect(200);
    expect(told.map((event) => event.step)).toEqual(['invoiced', 'shipped']);
  });

  it('tells each tracking update once and by a name of its own', async () => {
    const { orderId } = await toHandling();
    await step(orderId, 'invoice', { invoiceNumber: '1', invoiceValue: 3330, trackingNumber: 'TRK-1' }).expect(200);
    told.length = 0;
    const track = (body: object) =>
      oms.as('integrator').patch(`/api/oms/pvt/orders/${orderId}/invoice/1/tracking`).send(body).expect(200);
    await track({ trackingNumber: 'TRK-1' });
    await track({ note: { description: 'The carrier received the package', city: 'Albany' } });
    await track({ trackingNumber: 'TRK-2' });
    expect(told.map(({ step, occurrence }) => `${step} ${occurrence}`)).toEqual([
      'tracking-updated 1.1',
      'tracking-updated 1.2',
    ]);
  });

  it('asks which package arrived when several are on their way', async () => {
    const { orderId } = await toHandling();
    await step(orderId, 'invoice', { invoiceNumber: '1', invoiceValue: 1000 }).expect(200);
    await step(orderId, 'invoice', { invoiceNumber: '2', invoiceValue: 2330 }).expect(200);
    await step(orderId, 'invoice', { invoiceNumber: '2', invoiceValue: 2330 }).expect(409, /invoice-exists/);
    await step(orderId, 'delivered').expect(422, /"field":"invoiceNumber"/);
    await step(orderId, 'delivered', { invoiceNumber: '2' }).expect(200, /"isCompleted":false/);
    await step(orderId, 'delivered').expect(200, /"isCompleted":true/);
  });

  it('is canceled when the payment is denied', async () => {
    const { orderId } = await oms.placeOrder();
    await step(orderId, 'payment-denied').expect(200, /"RequestedByPaymentNotification":true/);
    expect(told.at(-1)).toMatchObject({ step: 'payment-denied' });
    await step(orderId, 'refund').expect(409);
  });

  it('gives back no more than was paid', async () => {
    const { orderId } = await oms.placeOrder();
    await step(orderId, 'payment-approved').expect(200);
    await step(orderId, 'cancel', { reason: 'Changed her mind' }).expect(200, /"status":"canceled"/);
    await step(orderId, 'refund', { value: 3331 }).expect(422, /"field":"value"/);
    await step(orderId, 'refund', { value: 330 }).expect(200);
    await step(orderId, 'refund').expect(200);
    await step(orderId, 'refund').expect(409);
    expect(told.filter((event) => event.step === 'refunded').map((event) => event.data?.value)).toEqual([330, 3000]);
  });

  it('refuses a step out of turn and names those that are allowed', async () => {
    const { orderId } = await oms.placeOrder();
    const { body } = await step(orderId, 'invoice', { invoiceNumber: '1', invoiceValue: 1 })
      .expect(409)
      .expect('Content-Type', /^application\/problem\+json/);
    expect(body).toMatchObject({
      type: 'https://oms.example/problems/wrong-step',
      status: 409,
      orderStatus: 'payment-pending',
      allowed: ['payment-approved', 'payment-denied', 'cancel'],
    });
  });

  it('answers the same for an unknown order and for one of another store', async () => {
    const { orderId, orderGroup } = await oms.placeOrder({}, 'outlet');
    const unknown = await oms.as('owner').get('/api/oms/pvt/orders/1000000000000-01').expect(404);
    await oms.as('owner').get(`/api/oms/pvt/orders/${orderId}`).expect(404, unknown.body);
    await oms.as('owner').get(`/api/checkout/pub/orders/order-group/${orderGroup}`).expect(404, unknown.body);
    await step(orderId, 'payment-approved').expect(404, unknown.body);
    await oms.as('owner', 'outlet').get(`/api/oms/pvt/orders/${orderId}`).expect(200);
  });

  it('reads the orders of one checkout together', async () => {
    const first = await oms.placeOrder();
    const second = await oms.placeOrder({ orderGroup: first.orderGroup });
    const { body } = await oms.as('staff').get(`/api/checkout/pub/orders/order-group/${first.orderGroup}`).expect(200);
    expect(body).toEqual([first, second]);
    expect(second.orderId).toBe(`${first.orderGroup}-02`);
  });

  it('lists orders by page and status, newest first', async () => {
    const { orderId } = await oms.placeOrder({}, 'outlet');
    const list = (query: object) => oms.as('staff', 'outlet').get('/api/oms/pvt/orders').query(query);
    const { body } = await list({ per_page: 1, f_status: 'payment-pending' }).expect(200);
    expect(body.list).toMatchObject([{ orderId, clientName: 'Juan Valdez', totalValue: 3330 }]);
    expect(body.paging).toMatchObject({ currentPage: 1, perPage: 1 });
    await list({ f_status: 'handling' }).expect(200, /"list":\[\]/);
    await list({ page: 0 }).expect(422, /"field":"page"/);
  });

  it.each(['juan@', 'nobody', 'two words@customer.example'])(
    'accepts the broken customer address %s',
    async (email) => {
      const order = await oms.placeOrder({ clientProfileData: { email } });
      expect(order.clientProfileData.email).toBe(email);
    },
  );

  it.each([
    ['clientProfileData', { clientProfileData: undefined }],
    ['clientProfileData.email', { clientProfileData: { firstName: 'Juan' } }],
    ['clientProfileData.email', { clientProfileData: { email: '  ' } }],
    ['items', { items: [] }],
    ['items[0].price', { items: [{ id: '1', name: 'Coffee', quantity: 1, price: 12.9 }] }],
    ['items[0]', { items: ['juan@customer.example'] }],
    ['openTextField', { openTextField: 'juan@customer.example' }],
    ['orderGroup', { orderGroup: 'juan@customer.example' }],
  ])('refuses an order with a wrong %s by naming the field, and repeats no address', async (field, change) => {
    const { body, text } = await oms
      .as('integrator')
      .post('/api/oms/pvt/orders')
      .send({ ...orderInput(), ...change })
      .expect(422);
    expect(body.errors[0]).toMatchObject({ field, message: expect.any(String) });
    expect(text).not.toContain('@');
  });

  it('repeats no address of a body that is no JSON, nor of a path that does not exist', async () => {
    const { text } = await oms
      .as('integrator')
      .post('/api/oms/pvt/orders')
      .type('json')
      .send('{"email": juan@customer.example}')
      .expect(400);
    expect(text).not.toContain('@');
    const answer = await oms.as('integrator').get('/api/juan@customer.example').expect(404);
    expect(answer.text).not.toContain('@');
  });

  it('corrects the customer’s address without telling it', async () => {
    const { orderId } = await oms.placeOrder({ clientProfileData: { email: 'juan@' } });
    const correct = (email: string, role: 'staff' | 'integrator' = 'staff') =>
      oms.as(role).put(`/api/oms/pvt/orders/${orderId}/client-profile/email`).send({ email });
    await correct('still broken@').expect(422, /"field":"email"/);
    await correct('juan@customer.example', 'integrator').expect(403);
    const { body } = await correct('juan@customer.example').expect(200);
    expect(body.clientProfileData.email).toBe('juan@customer.example');
    await correct('juan@customer.example').expect(200);
    const changes = told.filter((event) => event.step === 'changed');
    expect(changes).toHaveLength(1);
    expect(JSON.stringify(changes)).not.toContain('@');
  });
});
