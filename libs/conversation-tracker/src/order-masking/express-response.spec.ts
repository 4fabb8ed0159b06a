import express, { type Express, type Response } from 'express';
import request from 'supertest';
import { expect, it } from 'vitest';
import { maskExpressResponse } from './express-response.js';

const hide = (text: string) => text.replaceAll('ana@shop.example', 'alias@ct.example.com');
const now = { value: (body: unknown) => hide(JSON.stringify(body)), text: hide };
const later = {
  value: async (body: unknown) => Promise.resolve(hide(JSON.stringify(body))),
  text: async (text: string) => Promise.resolve(hide(text)),
};
const order = { orderId: '1', email: 'ana@shop.example' };

async function answer(
  handler: (response: Response) => unknown,
  mask: typeof now | typeof later,
  app: Express = express(),
) {
  app.get('/', (_, response) => {
    maskExpressResponse(response, mask);
    handler(response);
  });
  return request(app).get('/');
}

it.each([
  ['json', (response: Response) => response.json(order)],
  ['send', (response: Response) => response.send(order)],
  ['status and json', (response: Response) => response.status(200).json(order)],
])('a body that leaves by %s is masked, with its length and ETag made from the masked text', async (_, handler) => {
  for (const mask of [now, later]) {
    const plain = await request(
      express().get('/', (_request, response) => void response.json({ ...order, email: 'alias@ct.example.com' })),
    ).get('/');
    const masked = await answer(handler, mask);
    expect(masked.text).toBe(plain.text);
    for (const header of ['content-type', 'content-length', 'etag']) {
      expect(masked.headers[header]).toBe(plain.headers[header]);
    }
  }
});

it("keeps the application's own form of JSON", async () => {
  const app = express().set('json spaces', 2);
  const { text } = await answer((response) => response.json(order), now, app);
  expect(text).toBe(hide(JSON.stringify(order, null, 2)));
});

it('masks a text, and lets a Buffer through as it is', async () => {
  expect((await answer((response) => response.type('txt').send('by ana@shop.example'), later)).text).toBe(
    'by alias@ct.example.com',
  );
  const bytes = await answer((response) => response.type('txt').send(Buffer.from('ana@shop.example')), now);
  expect(bytes.text).toBe('ana@shop.example');
});
