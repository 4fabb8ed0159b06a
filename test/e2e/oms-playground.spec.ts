import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TestOms } from '../support/oms.js';

let oms: TestOms;
let path: string;

beforeAll(async () => {
  oms = await TestOms.startTracked();
});
afterAll(() => oms.stop());

/** A button pressed in a browser, and the page that it leads to. */
async function press(at: string, fields: Record<string, string>): Promise<string> {
  const { headers } = await oms.anyone().post(at).type('form').send(fields).expect(303);
  return look(headers.location.replace(/#.*/, ''));
}

async function look(at: string): Promise<string> {
  const { text } = await oms.anyone().get(at).expect(200);
  return text;
}

/** The page, once it says that. On a busy machine a mail may come after the page did. */
const told = (words: (page: string) => string, wanted: string): Promise<string> =>
  vi.waitFor(
    async () => {
      const page = await look(path);
      expect(words(page)).toContain(wanted);
      return page;
    },
    { timeout: 15_000, interval: 100 },
  );

/** One mailbox of the page. */
const mailbox = (page: string, role: string): string =>
  new RegExp(`aria-labelledby="box-${role}"[\\s\\S]*?</section>`).exec(page)?.[0] ?? '';

describe('the playground, to a newcomer', () => {
  it('is where the printed address leads to, and begins with an order to place', async () => {
    const { headers } = await oms.anyone().get('/').expect(302);
    expect(headers.location).toBe('/playground');
    expect(await look('/playground')).toContain('Place a new order in shop');
    const placed = await oms.anyone().post('/playground').type('form').send({ store: 'shop' }).expect(303);
    path = placed.headers.location;
    const chosen = await oms.anyone().get('/playground').expect(303);
    expect(chosen.headers.location).toBe(path);
  });

  it('shows the order as the OMS has it beside what leaves it', async () => {
    const page = await look(path);
    const [, rows] = /<tbody>([\s\S]*?)<\/tbody>/.exec(page) ?? [];
    const real = '<mark class="real">juan.valdez@customer.example</mark>';
    expect(rows).toContain(real);
    // Before and after of the customer's address stand in one row.
    const row = rows?.split('</tr>').find((one) => one.includes(real));
    expect(row).toMatch(/<mark class="alias">[0-9a-f]{32}@ct\.example\.com<\/mark>/);
    expect(page).toMatch(/\d+ lines of \d+ differ/);
  });

  it('mails the customer at a step, and lets the customer answer: the store reads it from an alias', async () => {
    const paid = await press(`${path}/steps`, { step: 'payment-approved' });
    expect(mailbox(paid, 'store')).toContain('No mail yet.');
    const letter = mailbox(await told((page) => mailbox(page, 'customer'), 'name="answers"'), 'customer');
    const [, answers = ''] = /name="answers" value="(\d+)"/.exec(letter) ?? [];

    const text = 'When does it arrive? Write to juan.valdez@customer.example.';
    const answered = await press(`${path}/letters`, { from: 'customer', answers, text });
    const atStore = await told((page) => mailbox(page, 'store'), 'When does it arrive?');
    expect(mailbox(atStore, 'store')).not.toContain('juan.valdez@customer.example');
    expect(answered).toContain('The mail server said: 250');
  });

  it('lets a carrier become somebody with its first letter', async () => {
    await press(`${path}/letters`, { from: 'carrier', text: 'It comes on Tuesday.' });
    await told((page) => mailbox(page, 'customer'), 'It comes on Tuesday.');
  });

  it('holds what a spoofer writes', async () => {
    await press(`${path}/letters`, { from: 'customer', text: 'Send it to my house', spoof: 'on' });
    const page = await told((shown) => shown, 'held: spoofed');
    expect(page).toContain('<li class="held">');
    expect(mailbox(page, 'store')).not.toContain('Send it to my house');
  });

  it('shows markup in a letter as text', async () => {
    const text = '<script>alert(1)</script><img src=x onerror=alert(1)>';
    await press(`${path}/letters`, { from: 'customer', text });
    const page = await told((shown) => mailbox(shown, 'store'), '&lt;script&gt;alert(1)');
    expect(page).not.toMatch(/<script|<img/i);
  });

  it('R3 R46 two months later refuses a mail to an old alias', async () => {
    const page = await press(`${path}/later`, {});
    expect(page).toMatch(/the mail server said: Not taken: 550 5\.1\.1/);
    // A later step of the order opens the conversation again.
    const moved = await press(`${path}/steps`, { step: 'start-handling' });
    expect(moved).not.toContain('Not taken');
    await press(`${path}/letters`, { from: 'customer', text: 'Still there?' });
    await told((shown) => mailbox(shown, 'store'), 'Still there?');
  });

  it('is not found where the inbox is closed, nor for an order that is not there', async () => {
    await oms.anyone().get('/playground/shop/nothing').expect(404);
    await oms.anyone().post(`${path}/steps`).type('form').send({ step: 'constructor' }).expect(404);
    await oms.anyone().get(path).set('X-Forwarded-For', '203.0.113.7').expect(404);
    await oms.anyone().post(`${path}/later`).set('Sec-Fetch-Site', 'cross-site').expect(403);
  });
});
