import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, OmsBrowser } from '../support/oms-browser.js';

let house: OmsBrowser;
let orderId: string;

beforeAll(async () => {
  house = await OmsBrowser.open();
  const { oms } = house;
  ({ orderId } = await oms.placeOrder());
  const notes = `/conversation-tracker/orders/${orderId}/notes`;
  for (let count = 1; count <= 30; count++)
    await oms
      .as('staff')
      .post(notes)
      .send({ text: `Note ${count}` })
      .expect(201);
});

afterAll(() => house.close());

describe('the order page of the reference OMS, in a browser', () => {
  it('leads through signing in, and shows the conversation in its place', async () => {
    const { page, complaints } = await house.signedIn('staff', `/orders/${orderId}`);
    expect(page.url()).toBe(`${house.url}/orders/${orderId}`);
    const frame = page.frameLocator('conversation-timeline iframe');
    await frame.getByText('Note 30').waitFor();
    // As high as what is in it: nobody scrolls in two places.
    await page.waitForFunction(() => {
      const { document } = globalThis as unknown as {
        document: { querySelector(selector: string): { offsetHeight: number } };
      };
      return document.querySelector('conversation-timeline iframe').offsetHeight > 600;
    });
    await frame.getByRole('link', { name: 'Older' }).click();
    await frame.getByText('Note 1', { exact: true }).waitFor();
    const [whole] = await Promise.all([
      page.context().waitForEvent('page'),
      frame.getByRole('link', { name: 'Open the conversation' }).click(),
    ]);
    await whole.waitForURL(`${house.url}${ADMIN}/orders/${orderId}`);
    expect(complaints).toEqual([]);
  });

  it('shows no other store’s conversation, and lets no other site frame it', async () => {
    const path = `${ADMIN}/framed/orders/${orderId}`;
    // A page to sign in has no place in a frame.
    const anyone = await house.oms.anyone().get(path).expect(401);
    expect(anyone.headers['content-security-policy']).toContain("frame-ancestors 'self'");
    const person = await house.signedIn('owner', '/sign-in', { store: 'outlet' });
    const other = await person.page.goto(house.url + path);
    expect(other?.status()).toBe(404);
    expect(await person.page.content()).not.toContain('Note 30');
  });
});
