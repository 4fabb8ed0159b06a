import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, Person } from '../support/browser.js';
import { TestOms } from '../support/oms.js';

let oms: TestOms;
let url: string;
let browser: Browser;
let orderId: string;

beforeAll(async () => {
  [oms, browser] = await Promise.all([TestOms.startTracked(), openBrowser()]);
  url = (await oms.app.getUrl()).replace('[::1]', '127.0.0.1');
  ({ orderId } = await oms.placeOrder());
  const notes = `/conversation-tracker/orders/${orderId}/notes`;
  for (let count = 1; count <= 30; count++)
    await oms
      .as('staff')
      .post(notes)
      .send({ text: `Note ${count}` })
      .expect(201);
});

afterAll(async () => {
  await browser.close();
  await oms.stop();
});

async function atOrderPage(options: object = {}): Promise<Person> {
  const person = await Person.open(browser, url, options);
  const { id, password } = oms.user('staff');
  await person.goTo(`/orders/${orderId}`);
  await person.signIn(id, password);
  return person;
}

describe('the order page of the reference OMS, in a browser', () => {
  it('leads through signing in, and shows the conversation in its place', async () => {
    const { page, complaints } = await atOrderPage();
    expect(page.url()).toBe(`${url}/orders/${orderId}`);
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
    await whole.waitForURL(`${url}/conversation-tracker/admin/orders/${orderId}`);
    expect(complaints).toEqual([]);
  });

  it('has no violation of WCAG 2.2 AA, nor has the frame, and fits a phone', async () => {
    const person = await atOrderPage({ viewport: { width: 390, height: 800 } });
    await person.page.frameLocator('conversation-timeline iframe').getByText('Note 30').waitFor();
    expect(await person.overflow()).toBe(0);
    await person.goTo(`/conversation-tracker/admin/framed/orders/${orderId}`);
    expect(await person.violations()).toEqual([]);
    expect(await person.overflow()).toBe(0);
  });

  it('shows no other store’s conversation, and lets no other site frame it', async () => {
    const person = await Person.open(browser, url);
    const path = `/conversation-tracker/admin/framed/orders/${orderId}`;
    // A page to sign in has no place in a frame.
    const anyone = await oms.anyone().get(path).expect(401);
    expect(anyone.headers['content-security-policy']).toContain("frame-ancestors 'self'");
    const { id, password } = oms.user('owner', 'outlet');
    await person.goTo('/sign-in');
    await person.signIn(id, password);
    const other = await person.page.goto(url + path);
    expect(other?.status()).toBe(404);
    expect(await person.page.content()).not.toContain('Note 30');
  });
});
