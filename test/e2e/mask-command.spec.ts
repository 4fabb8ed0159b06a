import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maskCommand } from '../../libs/conversation-tracker/src/cli/mask.command.js';
import { vtexOrder } from '../support/masking-host.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-mask-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function file(name: string, content: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

async function mask(...args: string[]) {
  let out = '';
  let error = '';
  const status = await maskCommand(args, { out: (text) => (out += text), error: (text) => (error += text) });
  return { status, out, error };
}

describe('the mask command', () => {
  it('shows each document masked, and by path what it replaced', async () => {
    const order = vtexOrder('o-1');
    const { status, out } = await mask(await file('order.json', JSON.stringify(order)), '--json');
    const [document] = JSON.parse(out).documents;
    expect(status).toBe(0);
    expect(document).toMatchObject({
      orders: 1,
      replaced: [{ path: 'clientProfileData.email', role: 'customer' }],
      freeText: [
        { path: 'openTextField.value', count: 2 },
        { path: 'customData.raw', count: 1 },
        { path: 'notes["*"]', count: 1 },
      ],
      left: [],
    });
    const { email } = document.masked.clientProfileData;
    expect(email).toMatch(/^[0-9a-f]{32}@ct\.example\.com$/);
    expect(Object.keys(document.masked.notes)).toEqual([email, 'dependency']);
    expect(out).not.toMatch(/customer\.example|somewhere\.example/);
  });

  it('finds orders by the member that it is told of, in a document of any form', async () => {
    const orders = [1, 2].map((number) => ({ number, buyer: { email: 'ana@customer.example' } }));
    const path = await file('page.json', JSON.stringify({ data: { orders } }, null, 2));
    const { out } = await mask(path, '--order-id', 'number', '--json');
    const [document] = JSON.parse(out).documents;
    expect(document.orders).toBe(2);
    const [first, second] = document.masked.data.orders;
    expect(first.buyer.email).not.toBe(second.buyer.email);
  });

  it('counts for a person to read, and says so where it finds no order', async () => {
    const one = await file('one.json', JSON.stringify({ orderId: 'o-1', customer: { email: 'ana@customer.example' } }));
    const none = await file('none.json', JSON.stringify({ customer: { email: 'ana@customer.example' } }));
    const { out } = await mask(one, none);
    expect(out).toContain('one.json: 1 address replaced, 0 of them');
    expect(out).toMatch(/none\.json: 1 address replaced, 1 of them.*\n {2}no order was found.*--order-id/);
  });

  it.each([
    ['no file', [], /name at least one file/],
    ['a file that is not there', ['/nowhere/order.json'], /\/nowhere\/order\.json/],
    ['an unknown option', ['--quiet'], /--quiet/],
  ])('ends with status 2 and how to call it for %s', async (_, args, reason) => {
    const { status, error } = await mask(...args);
    expect(status).toBe(2);
    expect(error).toMatch(reason);
    expect(error).toContain('Usage: mask');
  });

  it('refuses what is no JSON, and quotes nothing of it', async () => {
    const { status, error } = await mask(await file('mail.txt', '{ "email": ana@customer.example }'));
    expect(status).toBe(2);
    expect(error).toMatch(/mail\.txt is no JSON/);
    expect(error).not.toContain('ana@');
  });
});
