import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, OmsBrowser } from '../support/oms-browser.js';

const TEMPLATES = `${ADMIN}/settings/orders/templates`;
const SHIPPED = `${TEMPLATES}/shipped/en`;

let house: OmsBrowser;

beforeAll(async () => {
  house = await OmsBrowser.open();
});

afterAll(() => house.close());

describe('the mail templates of a store, in a browser', () => {
  it('show a mail at both widths, with the data of an order and no address', { timeout: 40_000 }, async () => {
    const { orderId } = await house.oms.placeOrder();
    const person = await house.signedIn('owner', `${ADMIN}?lang=en`);
    const { page } = person;
    await page.getByRole('link', { name: 'Store settings', exact: true }).first().click();
    for (const step of ['Orders', 'Mail templates']) {
      await page.getByRole('main').getByRole('link', { name: step, exact: true }).click();
    }
    await page.getByRole('listitem').filter({ hasText: 'canceled' }).getByRole('link', { name: 'Spanish' }).click();
    await page.getByLabel('With the data of order').fill(orderId);
    await page.getByRole('button', { name: 'Show' }).press('Enter');
    for (const frame of ['On a computer', 'On a phone']) {
      const mail = page.frameLocator(`iframe[title="${frame}"]`).locator('body');
      await expect.poll(() => mail.innerText(), { timeout: 10_000 }).toContain(orderId);
      expect(await mail.innerText()).not.toContain('juan@');
    }
    const phone = await page.locator('iframe[name="phone"]').boundingBox();
    expect(phone!.width).toBeLessThanOrEqual(362);
    await page.getByLabel('With the data of order').fill('none');
    await page.getByRole('button', { name: 'Show' }).press('Enter');
    await page.getByText('There is no order with that id').waitFor();
    expect(person.complaints).toEqual([]);
  });

  it('are written anew, tried before, refused with the line, and taken back', { timeout: 40_000 }, async () => {
    const person = await house.signedIn('owner', `${SHIPPED}?lang=en`);
    const { page } = person;
    await page.getByLabel('HTML').fill('<p>Off it goes</p>\n{{order.number}}');
    await page.getByRole('button', { name: 'Try it on a phone' }).press('Enter');
    const phone = page.frameLocator('iframe[name="phone"]').locator('body');
    await expect.poll(() => phone.innerText(), { timeout: 10_000 }).toContain('{{order.number}}');
    expect(await phone.innerText()).toContain('HTML, line 2');
    await page.getByRole('button', { name: 'Save' }).press('Enter');
    expect(await page.getByRole('alert').innerText()).toContain('Nothing was saved');
    expect(await page.getByText('Line 2:').isVisible()).toBe(true);
    expect(await page.getByLabel('HTML').inputValue()).toContain('Off it goes');

    await page.getByLabel('HTML').fill('<p>Off it goes: {{order.id}}</p>');
    await page.getByRole('button', { name: 'Try it on a computer' }).press('Enter');
    const desktop = page.frameLocator('iframe[name="desktop"]').locator('body');
    await expect.poll(() => desktop.innerText(), { timeout: 10_000 }).toContain('Off it goes: 1024-01');
    await page.getByRole('button', { name: 'Save' }).press('Enter');
    expect(await page.getByRole('status').innerText()).toContain('Saved');
    expect(await page.getByText('in use').isVisible()).toBe(true);
    // By keyboard: the mouse of a test may meet a frame that has not moved yet.
    await page.getByRole('button', { name: 'Back to the original' }).press('Enter');
    await page.getByRole('status').filter({ hasText: 'Done' }).waitFor();
    expect(await page.getByLabel('HTML').inputValue()).not.toContain('Off it goes');
    await page.getByRole('button', { name: 'Use version 1 again' }).press('Enter');
    await page.getByLabel('HTML (your own)').waitFor();
    expect(await page.getByLabel('HTML (your own)').inputValue()).toBe('<p>Off it goes: {{order.id}}</p>');
    // The refusal is an answer of status 422, which the console tells of.
    expect(person.complaints.filter((complaint) => !complaint.includes('422'))).toEqual([]);
  });

  it('can be looked at and not changed by who may not', async () => {
    const person = await house.signedIn('staff', `${SHIPPED}?lang=en`);
    expect(await person.page.getByLabel('Subject').isDisabled()).toBe(true);
    expect(await person.page.getByRole('button', { name: 'Save' }).count()).toBe(0);
  });
});

describe('the first minutes, in a browser', () => {
  it('say what is missing, and whether the mail server answers', async () => {
    const person = await house.signedIn('owner', `${ADMIN}/setup?lang=en`);
    const { page } = person;
    expect(await page.getByRole('heading', { name: /DNS records of/ }).isVisible()).toBe(true);
    expect(await page.getByText('_dmarc.ct.example.com').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Test the connection' }).click();
    expect(await page.getByRole('status').innerText()).toContain('mail server');
    await page.getByRole('link', { name: 'Español' }).click();
    await page.getByRole('heading', { name: 'Primeros minutos' }).waitFor();
    expect(person.complaints).toEqual([]);
  });

  it('are where a store without a conversation is led to', async () => {
    const person = await house.signedIn('owner', `${ADMIN}?lang=en`, { store: 'outlet' });
    await person.page.getByRole('link', { name: 'First minutes' }).click();
    await person.page.getByRole('heading', { name: /DNS records of/ }).waitFor();
    await person.context.close();
  });
});
