import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '../../libs/conversation-tracker/src/kernel/ids.js';
import { TimelineEntry } from '../../libs/conversation-tracker/src/timeline/timeline-entry.entity.js';
import type { Order } from '../../src/orders/order.js';
import type { Person } from '../support/browser.js';
import { ADMIN, OmsBrowser } from '../support/oms-browser.js';
import { type Letter, mailsTo, mailTo, returnMail, writeTo } from '../support/oms-mail.js';
import type { TestOms } from '../support/oms.js';

/** Does something where a page takes text for markup. */
const VECTOR = '"><img src=x onerror=alert(1)><svg/onload=alert(2)>';

const patience = { timeout: 15_000, interval: 100 };

let house: OmsBrowser;
let oms: TestOms;
let url: string;
let order: Order;
let staff: Person;

beforeAll(async () => {
  house = await OmsBrowser.open();
  ({ oms, url } = house);
  order = await oms.placeOrder();
  await oms.as('staff').post(`/api/oms/pvt/orders/${order.orderId}/payment-approved`).expect(200);
  await mailTo(oms, 'juan@customer.example');
  await write({ subject: 'When does it come?', html: LETTER, text: 'When?', attachments: [FILE] });
  await write({
    subject: `Stranger ${VECTOR}`,
    text: VECTOR,
    from: { name: VECTOR, address: 'eve@elsewhere.example' },
  });
  staff = await house.signedIn('staff');
}, 60_000);

afterAll(() => house.close());

const FILE = { filename: `bill ${VECTOR}.txt`, content: 'one coffee' };
const LETTER = `<p>When does <b>it</b> come?</p><script>alert(3)</script><a href="javascript:alert(4)">here</a>
<img src="https://pictures.example/seen.png" onerror="alert(5)"><iframe src="https://pictures.example/frame"></iframe>`;

const write = (letter: Letter) => writeTo(oms, order.followUpEmail, letter);

const orderPage = () => `${ADMIN}/orders/${order.orderId}`;

/** Opens a mail of the order by its subject. */
async function openMail(subject: string): Promise<void> {
  await staff.goTo(orderPage());
  await staff.page.getByRole('link', { name: subject }).first().click();
}

/** As if the OMS had told so many times that the order was changed. */
async function changeOften(times: number): Promise<void> {
  const { orderId } = order;
  const now = Date.now();
  const rows = Array.from({ length: times }, () => {
    const id = newId(now);
    const fact = { kind: 'status', occurredAt: now, detail: JSON.stringify({ step: 'changed' }) } as const;
    return { id, storeId: 'shop', orderId, refId: id, sourceKey: id.padEnd(64, '0'), ...fact };
  });
  const manager = oms.app.get(DataSource).manager;
  // SQLite takes so many values in a statement.
  for (let done = 0; done < times; done += 100) await manager.insert(TimelineEntry, rows.slice(done, done + 100));
}

describe('the conversation of an order, in a browser', () => {
  it('shows steps and mails as one thread, and says what is new', async () => {
    const { page } = staff;
    await staff.goTo(ADMIN);
    const row = page.getByRole('listitem').filter({ hasText: order.orderId });
    await vi.waitFor(async () => {
      await page.reload();
      expect(await row.getByText('2 new').count()).toBe(1);
    }, patience);
    await page.getByRole('link', { name: order.orderId }).click();
    const thread = page.getByRole('region', { name: 'Conversation' });
    expect(await thread.getByText('Payment approved', { exact: true }).count()).toBe(1);
    expect(await thread.getByRole('article').count()).toBe(3);
    expect(await thread.getByText('Mail from Juan Valdez').count()).toBe(1);
    await page.getByRole('button', { name: 'Mark as read' }).click();
    expect(await page.getByText('2 new').count()).toBe(0);
    expect(await page.content()).not.toMatch(/juan@customer\.example|orders@shop\.example|eve@elsewhere\.example/);
  });

  it('shows a mail in a frame that runs nothing, its pictures when they are asked for, and its files', async () => {
    const { page } = staff;
    const asked: string[] = [];
    await staff.context.route('https://pictures.example/**', (route) => route.fulfill({ status: 204 }));
    page.on('request', (request) => asked.push(request.url()));
    const outside = () => asked.filter((one) => !one.startsWith(url) && !one.startsWith('data:'));
    await openMail('When does it come?');
    await page.frameLocator('iframe.mail').getByText('When does it come?').waitFor();
    expect(await page.getByText('Proven: the mail comes from customer.example.').count()).toBe(1);
    expect(outside()).toEqual([]);
    await page.getByRole('link', { name: 'Show pictures' }).click();
    await expect.poll(outside, patience).toEqual(['https://pictures.example/seen.png']);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /alert\(2\)/ }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.txt$/);
    expect(await page.content()).not.toContain('<img src=x');
  });

  it('takes a reply with a file, and shows by itself when it was handed over', async () => {
    const { page } = staff;
    await openMail('When does it come?');
    await page.getByLabel('Text').fill('Tomorrow.');
    const file = { name: 'route.txt', mimeType: 'text/plain', buffer: Buffer.from('by the river') };
    await page.getByLabel('Files').setInputFiles(file);
    await page.getByRole('button', { name: 'Send the reply' }).click();
    expect(await page.getByRole('status').textContent()).toBe('Your reply is on its way.');
    const sent = page.getByRole('article', { name: 'Re: When does it come?' });
    await sent.getByText('handed over').waitFor();
    expect((await mailTo(oms, 'juan@customer.example', 'Re: When')).attachments).toHaveLength(1);
  });

  it('sends a mail again that came back, or that somebody asks for', async () => {
    const { page } = staff;
    const subject = 'Re: When does it come?';
    const [customer] = await mailsTo(oms, 'juan@customer.example', subject);
    await returnMail(oms, customer);
    const sent = page.getByRole('article', { name: subject });
    await vi.waitFor(async () => {
      await page.reload();
      expect(await sent.getByText('returned').count()).toBe(1);
    }, patience);
    await sent.getByRole('link', { name: subject }).click();
    await page.getByRole('button', { name: 'Send again' }).click();
    expect(await page.getByRole('status').textContent()).toBe('It is on its way again.');
    await page.getByText('handed over').waitFor();
    expect(await mailsTo(oms, 'juan@customer.example', subject)).toHaveLength(2);
    await page.reload();
    await page.getByText('Send again', { exact: true }).click();
    await page.getByRole('button', { name: 'Send it once more' }).click();
    expect(await page.getByRole('status').textContent()).toBe('It is on its way again.');
    await vi.waitFor(
      async () => expect(await mailsTo(oms, 'juan@customer.example', subject)).toHaveLength(3),
      patience,
    );
  });

  it('writes to the people that are chosen, and keeps what was typed where something is missing', async () => {
    const { page } = staff;
    await staff.goTo(orderPage());
    await page.getByRole('link', { name: 'Write' }).click();
    await page.getByLabel('Text').fill('A second letter');
    await page.getByRole('button', { name: 'Send' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('Nothing was sent');
    expect(await page.getByLabel('Text').inputValue()).toBe('A second letter');
    await page.getByLabel('Subject').fill(`Second ${VECTOR}`);
    await page.getByRole('button', { name: 'Send' }).click();
    expect(await page.getByRole('status').textContent()).toBe('Your mail is on its way.');
    await mailTo(oms, 'juan@customer.example', 'Second');
  });

  it('takes a note for the people of the store, free of real addresses', async () => {
    const { page } = staff;
    await staff.goTo(orderPage());
    await page.getByText('Note', { exact: true }).first().click();
    await page.getByLabel('Note').fill(`Ring juan@customer.example ${VECTOR}`);
    await page.getByRole('button', { name: 'Add the note' }).click();
    expect(await page.getByRole('status').textContent()).toBe('The note is on the timeline.');
    await page.getByText(`Ring ${order.clientProfileData.email} ${VECTOR}`).waitFor();
    expect(await page.getByText(`Note by ${oms.user('staff').id}`).count()).toBe(1);
  });

  it('says why a mail is held, and releases or discards it', async () => {
    const { page } = staff;
    await page.getByRole('link', { name: 'Held mail' }).click();
    const held = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Stranger' });
    expect(await held.getByText('Its sender is not in the order and is not proven.').count()).toBe(1);
    expect(await held.getByText('Not proven: somebody says to write from elsewhere.example.').count()).toBe(1);
    expect(await page.content()).not.toContain('<img src=x');
    await held.getByRole('button', { name: /^Release/ }).click();
    expect(await page.getByRole('status').textContent()).toBe('Released: it is on its way.');
    await mailTo(oms, 'orders@shop.example', 'Stranger');
    await write({ subject: 'Spam', text: 'Buy', from: { name: 'Mallory', address: 'mallory@elsewhere.example' } });
    await vi.waitFor(async () => {
      await page.reload();
      expect(await page.getByRole('button', { name: 'Discard: Spam' }).count()).toBe(1);
    }, patience);
    await page.getByRole('button', { name: 'Discard: Spam' }).click();
    expect(await page.getByText('Nothing waits for you.').count()).toBe(1);
  });

  it('is found by number, alias and real address, and not from another store', async () => {
    const { page } = staff;
    for (const text of [order.orderId.slice(0, 9), order.clientProfileData.email, 'Juan@Customer.example']) {
      await page.getByRole('banner').getByRole('searchbox').fill(text);
      await page.keyboard.press('Enter');
      await page.getByRole('main').getByRole('link', { name: order.orderId }).waitFor();
      expect(page.url()).not.toContain('@');
      expect(page.url()).not.toContain('%40');
    }
    // Asking by an address counts, by whichever door.
    const audit = await oms.as('owner').get('/conversation-tracker/audit?action=address.matched').expect(200);
    expect(audit.body.entries).toMatchObject([{ actor: oms.user('staff').id, detail: { way: 'order-search' } }]);
    const other = await house.signedIn('owner', orderPage(), { store: 'outlet' });
    expect(await other.page.getByRole('heading', { level: 1 }).textContent()).toBe('This store has no such order');
    await other.context.close();
  });

  it('shows the real address to who may see it and says why, on record', async () => {
    await staff.goTo(orderPage());
    expect(await staff.page.getByText(order.clientProfileData.email).count()).toBeGreaterThan(0);
    expect(await staff.page.getByText('Show address').count()).toBe(0);
    const owner = await house.signedIn('owner', orderPage());
    const { page } = owner;
    await page.getByLabel(`Show address: ${order.clientProfileData.email}`).click();
    await page.getByRole('textbox', { name: 'Why do you need it?' }).fill('The parcel came back');
    await page.getByRole('button', { name: 'Show address' }).click();
    await page.getByText('juan@customer.example', { exact: true }).waitFor();
    const audit = await oms.as('owner').get('/conversation-tracker/audit?action=address.revealed').expect(200);
    expect(audit.body.entries[0]).toMatchObject({
      actor: oms.user('owner').id,
      detail: { reason: 'The parcel came back' },
    });
    await owner.context.close();
  });

  it('answers with a text that was written before', async () => {
    const { page } = staff;
    await staff.goTo(`${ADMIN}/settings/orders`);
    await page.getByRole('main').getByRole('link', { name: 'Canned replies' }).click();
    await page.getByRole('link', { name: 'New canned reply' }).click();
    await page.getByLabel('Title').fill('On its way');
    await page.getByLabel('Text').fill('Hi {{customer.nickname}}');
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByText('line 1: there is no such variable').count()).toBe(1);
    await page.getByLabel('Text').fill('Hi {{customer.firstName}}, it comes tomorrow.');
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('status').textContent()).toBe('Saved.');
    await openMail('When does it come?');
    await page.getByText('Insert a canned reply').click();
    await page.getByRole('link', { name: 'On its way' }).click();
    await expect.poll(() => page.getByLabel('Text').inputValue(), patience).toBe('Hi Juan, it comes tomorrow.');
  });

  it('renews and revokes an alias, to which no mail comes any more', async () => {
    const { page } = staff;
    await staff.goTo(orderPage());
    const people = page.getByRole('region', { name: 'People and their aliases' });
    await people.getByRole('button', { name: `Renew: ${order.clientProfileData.email}` }).click();
    expect(await page.getByRole('status').textContent()).toBe('A new alias is out.');
    await people.getByText('Revoke', { exact: true }).and(page.getByLabel(order.followUpEmail)).click();
    await people.getByRole('button', { name: 'Revoke', exact: true }).click();
    expect(await page.getByRole('status').textContent()).toBe('The alias is revoked.');
    await expect(write({ subject: 'Too late', text: 'Hello' })).rejects.toThrow(/550/);
  });

  it('pages through a thread of hundreds from its newest entry to its first', async () => {
    const { page } = staff;
    await changeOften(500);
    const changes = page.getByText('Order changed', { exact: true });
    const older = page.getByRole('link', { name: 'Older' });
    const all = page.locator('.thread > .entry');
    await staff.goTo(orderPage());
    expect(await changes.count()).toBe(40);
    while ((await older.count()) > 0) {
      const before = await all.count();
      await older.click();
      await expect.poll(() => all.count(), patience).toBeGreaterThan(before);
    }
    expect(await changes.count()).toBe(500);
    await page.getByRole('link', { name: 'When does it come?', exact: true }).waitFor();
    expect(await page.getByText('Order placed', { exact: true }).count()).toBe(1);
    const { body } = await oms.as('staff').get(`/conversation-tracker/orders/${order.orderId}/timeline?limit=1`);
    expect(await all.count()).toBe(body.total);
    // The browser notes that a form came back to be corrected.
    expect(staff.complaints.filter((one) => !one.includes('status of 422'))).toEqual([]);
  });

  it('stands in the order page of the OMS, as high as it is', async () => {
    const { page } = staff;
    await staff.goTo(`/orders/${order.orderId}`);
    const frame = page.frameLocator('conversation-timeline iframe');
    await frame.getByText('Order changed').first().waitFor();
    // Nobody scrolls in two places.
    const height = "document.querySelector('conversation-timeline iframe').offsetHeight";
    await expect.poll(() => page.evaluate(height), patience).toBeGreaterThan(600);
    const shown = await frame.getByText('Order changed').count();
    await frame.getByRole('link', { name: 'Older' }).click();
    await expect.poll(() => frame.getByText('Order changed').count(), patience).toBeGreaterThan(shown);
    const [whole] = await Promise.all([
      page.context().waitForEvent('page'),
      frame.getByRole('link', { name: 'Open the conversation' }).click(),
    ]);
    await whole.waitForURL(url + orderPage());
    await whole.close();
  });

  it('is framed by no other site, and not shown to another store', async () => {
    const path = `${ADMIN}/framed/orders/${order.orderId}`;
    // A page to sign in has no place in a frame.
    const anyone = await oms.anyone().get(path).expect(401);
    expect(anyone.headers['content-security-policy']).toContain("frame-ancestors 'self'");
    const person = await house.signedIn('owner', '/sign-in', { store: 'outlet' });
    const other = await person.page.goto(url + path);
    expect(other?.status()).toBe(404);
    expect(await person.page.content()).not.toContain('Order changed');
    await person.context.close();
  });
});
