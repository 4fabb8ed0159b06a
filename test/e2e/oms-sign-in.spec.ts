import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestOms } from '../support/oms.js';

let oms: TestOms;

beforeAll(async () => {
  oms = await TestOms.start();
});

afterAll(() => oms.stop());

const signIn = (fields: object) => oms.anyone().post('/sign-in').type('form').send(fields);
const orders = '/api/oms/pvt/orders';

async function session(role: 'owner' | 'staff'): Promise<string> {
  const { id: user, password } = oms.user(role);
  const { headers } = await signIn({ user, password }).expect(303);
  const [cookie] = headers['set-cookie'] as unknown as string[];
  expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
  return cookie.split(';')[0];
}

describe('a person who signs in to the reference OMS', () => {
  it('works in their store with their role until they sign out', async () => {
    const placed = await oms.placeOrder();
    await oms.placeOrder({}, 'outlet');
    const cookie = await session('staff');
    const { body } = await oms.anyone().get(orders).set({ cookie }).expect(200);
    expect(body.list.map(({ orderId }: { orderId: string }) => orderId)).toEqual([placed.orderId]);
    const person = oms.user('staff');
    expect((await oms.anyone().get('/sign-out').set({ cookie })).text).toContain(person.id);
    await oms.anyone().post('/sign-out').set({ cookie }).expect(303);
    await oms.anyone().get(orders).set({ cookie }).expect(401);
  });

  it('does nothing by a page of another site, which sends the cookie as well', async () => {
    const { orderId } = await oms.placeOrder();
    const cookie = await session('owner');
    const step = () => oms.anyone().post(`${orders}/${orderId}/payment-approved`).set({ cookie });
    await step().set('sec-fetch-site', 'cross-site').expect(401);
    await step().set('sec-fetch-site', 'same-site').expect(401);
    await step().set('origin', 'https://evil.example').expect(401);
    await step().set('sec-fetch-site', 'same-origin').expect(200);
  });

  it('goes on to the page they wanted, and never to another site', async () => {
    const { id: user, password } = oms.user('owner');
    const { headers } = await signIn({ user, password, returnTo: '/inbox?sent=1' }).expect(303);
    expect(headers['location']).toBe('/inbox?sent=1');
    for (const foreign of ['https://evil.example/', '//evil.example/', '/\\evil.example', '/\t/evil.example']) {
      const { text } = await oms.anyone().get('/sign-in').query({ returnTo: foreign });
      expect(text).toContain('name="returnTo" value="/inbox"');
    }
  });

  it('is told no more than that user and password do not go together, and guesses ten times a minute', async () => {
    const { id, password } = oms.user('owner');
    const wrong = await signIn({ user: id, password: `${password}x` }).expect(401);
    const nobody = await signIn({ user: '<b>nobody', password }).expect(401);
    expect(nobody.text.replace('&lt;b&gt;nobody', id)).toBe(wrong.text);
    const statuses: number[] = [];
    for (let guess = 0; guess < 10 && !statuses.includes(429); guess++) {
      statuses.push((await signIn({ user: id, password: 'guess' })).status);
    }
    expect(statuses.at(-1)).toBe(429);
    await signIn({ user: id, password }).expect(429);
  });
});
