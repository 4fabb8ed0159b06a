import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../support/browser.js';
import { ADMIN, OmsBrowser } from '../support/oms-browser.js';

let house: OmsBrowser;

beforeAll(async () => {
  house = await OmsBrowser.open({ SEED_ORDERS: 'true' });
});

afterAll(() => house.close());

/** Past the head of a page of the store, to what is on it. */
async function tabInto(person: Person, name: string): Promise<void> {
  await person.tabTo('Skip to the content');
  await person.press('Enter');
  await person.tabTo(name);
}

/** Follows a link or presses a button, and waits for what comes. */
async function enter({ page }: Person): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
}

describe('a newcomer, after npm start', () => {
  it('signs in, chooses the mask, and finds a customer’s answer on the timeline, by keyboard alone', async () => {
    const person = await house.anybody();
    const { page } = person;
    const { id, password } = house.oms.user('owner');
    await person.goTo('/sign-in');
    await page.locator('input[name="user"]:focus').waitFor();
    await page.keyboard.type(id);
    await person.press('Tab');
    await page.keyboard.type(password);
    await person.press('Enter');
    await page.waitForURL(`**${ADMIN}/orders`);
    await person.tabTo('Store settings');
    await enter(person);
    for (const step of ['Orders', 'Settings', 'General']) {
      await tabInto(person, step);
      await enter(person);
    }
    await tabInto(person, 'mask-complex');
    await person.press('ArrowDown');
    await person.tabTo('Save');
    await enter(person);
    expect(await page.getByRole('status').textContent()).toBe('Saved.');

    await person.goTo('/');
    await person.tabTo('Place a new order in shop');
    await enter(person);
    const orderId = new URL(page.url()).pathname.split('/').pop()!;
    await person.tabTo('Payment approved');
    await enter(person);
    await page.getByRole('region', { name: 'The customer' }).getByText('We received your payment').first().waitFor();

    await person.goTo('/inbox');
    await person.tabTo(`We received your payment for order ${orderId}`);
    await enter(person);
    await person.tabTo('text');
    await page.keyboard.type('When does it arrive?');
    await person.tabTo('Send');
    await enter(person);
    expect(await page.getByRole('status').textContent()).toContain('Handed in.');

    await person.goTo(`${ADMIN}/orders`);
    await tabInto(person, orderId);
    await enter(person);
    const answer = page.getByRole('article').filter({ hasText: 'Mail from Juan Valdez' });
    await expect
      .poll(async () => (await answer.count()) > 0 || void (await page.reload()), { timeout: 15_000 })
      .toBe(true);
    expect(await answer.textContent()).toContain('When does it arrive?');
    expect(await answer.textContent()).toMatch(/juan\.valdez@customer\.example-\d{12}b\.ct\.example\.com/);
    expect(person.complaints).toEqual([]);
    await person.context.close();
  });

  it('is led to the playground, and plays every part in it', async () => {
    const person = await house.anybody();
    const { page } = person;
    await person.goTo('/');
    await page.getByRole('button', { name: 'Place a new order in shop' }).click();
    const [inside, outside] = await page
      .getByRole('row')
      .filter({ hasText: '@customer.example' })
      .first()
      .getByRole('cell')
      .all();
    expect(await inside.textContent()).toContain('@customer.example');
    expect(await outside.locator('mark.alias').count()).toBe(1);
    const [left, right] = [await inside.boundingBox(), await outside.boundingBox()];
    expect([left!.y, right!.x >= left!.x + left!.width - 1]).toEqual([right!.y, true]);

    await page.getByRole('button', { name: 'Payment approved' }).click();
    const customer = page.getByRole('region', { name: 'The customer' });
    const store = page.getByRole('region', { name: 'The store' });
    await customer.getByText('Reply as the customer').click();
    await customer.getByLabel('Text').last().fill('A reply of mine');
    await customer.getByRole('button', { name: 'Send' }).last().click();
    expect(await page.getByRole('status').textContent()).toContain('The mail server said: 250');
    await store.getByText('A reply of mine').waitFor();
    expect(await store.locator('.mail mark.real').count()).toBe(0);

    await store.getByText('Write to the customer’s alias').click();
    await store.getByLabel('Text').first().fill('A letter of ours');
    await store.getByRole('button', { name: 'Send' }).first().click();
    await customer.getByText('A letter of ours').waitFor();

    await customer.getByText('Write to the store’s alias').click();
    await customer.getByLabel('Write as a spoofer').first().check();
    await customer.getByLabel('Text').first().fill('Send it to my house');
    await customer.getByRole('button', { name: 'Send' }).first().click();
    await page.getByRole('listitem').filter({ hasText: 'held: spoofed' }).waitFor();
    expect(await store.getByText('Send it to my house').count()).toBe(0);

    await page.getByRole('button', { name: 'Two months later' }).click();
    expect(await page.getByRole('status').textContent()).toMatch(/two months later.*Not taken: 550 5\.1\.1/);
    expect(person.complaints).toEqual([]);
    await person.context.close();
  });
});
