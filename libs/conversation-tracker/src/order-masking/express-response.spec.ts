import { createServer, get } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import express, { type Express, type Response } from 'express';
import request from 'supertest';
import { expect, it } from 'vitest';
import { maskExpressResponse } from './express-response.js';
import { type BodyMask } from './http-body-mask.js';
import { MaskedJson } from './masked-json.js';

const hide = (text: string) => text.replaceAll('ana@shop.example', 'alias@ct.example.com');
const now: BodyMask = { value: (body) => new MaskedJson([hide(JSON.stringify(body))]), text: hide, serialized: hide };
const later: BodyMask = {
  value: (body) => Promise.resolve(new MaskedJson([hide(JSON.stringify(body))])),
  text: (text) => Promise.resolve(hide(text)),
  serialized: (text) => Promise.resolve(hide(text)),
};
const order = { orderId: '1', email: 'ana@shop.example' };
const real = 'by ana@shop.example, señor';
const masked = 'by alias@ct.example.com, señor';

async function answer(handler: (response: Response) => unknown, mask: BodyMask, app: Express = express()) {
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
    const { text, headers } = await answer(handler, mask);
    expect(text).toBe(plain.text);
    for (const header of ['content-type', 'content-length', 'etag'])
      expect(headers[header]).toBe(plain.headers[header]);
  }
});

it('hands a text to a `send` that the host put in the place of its own, and keeps the type that a handler chose', async () => {
  const seen: unknown[] = [];
  const app = express();
  app.use((_, response, next) => {
    const send = response.send.bind(response);
    response.send = (body) => (seen.push(body), send(body));
    next();
  });
  const { text } = await answer((response) => response.json(order), now, app);
  expect(seen).toEqual([text]);
  const { headers } = await answer((response) => response.type('application/hal+json').json(order), now);
  expect(headers['content-type']).toBe('application/hal+json; charset=utf-8');
});

it('is masked before a middleware that took over the response compresses it', async () => {
  const app = express();
  app.use((_, response, next) => {
    const end = response.end.bind(response);
    response.end = ((chunk: unknown) => {
      const bytes = gzipSync(chunk as string);
      response.setHeader('Content-Encoding', 'gzip').setHeader('Content-Length', bytes.length);
      return end(bytes);
    }) as typeof response.end;
    next();
  });
  for (const mask of [now, later]) {
    expect((await answer((response) => response.json(order), mask, app)).text).toBe(hide(JSON.stringify(order)));
  }
});

it('is masked by whichever application answers in the end, and twice where two routes mask it', async () => {
  const inner = express().get('/', (_, response) => void response.json(order));
  const app = express().get('/', (_, response, next) => {
    const nothing: BodyMask = { ...now, value: (body) => new MaskedJson([JSON.stringify(body)]), text: String };
    maskExpressResponse(response, later);
    maskExpressResponse(response, nothing);
    next();
  });
  const { text } = await request(app.use(inner)).get('/');
  expect(text).toBe(hide(JSON.stringify(order)));
  expect((await request(inner).get('/')).text).toBe(JSON.stringify(order));
});

it('masks also the answer of who handles an error of sending', async () => {
  const app = express();
  app.set('etag', () => {
    app.set('etag', false);
    throw new Error('no');
  });
  app.get('/', (_, response) => {
    maskExpressResponse(response, now);
    expect(() => response.json(order)).toThrow('no');
    response.status(500).json({ message: real });
  });
  const { text } = await request(app).get('/');
  expect(text).toBe(JSON.stringify({ message: masked }));
});

it("keeps the application's own form of JSON", async () => {
  const app = express().set('json spaces', 2);
  const { text } = await answer((response) => response.json(order), now, app);
  expect(text).toBe(hide(JSON.stringify(order, null, 2)));
});

it.each<[string, (response: Response) => unknown]>([
  ['a string', (response) => response.type('txt').send(real)],
  ['a Buffer of a text type', (response) => response.type('csv').send(Buffer.from(real))],
  ['a stream', (response) => Readable.from([real.slice(0, 6), real.slice(6)]).pipe(response.type('txt'))],
  ['a stream of no declared type', (response) => Readable.from([real]).pipe(response)],
  ['writeHead with a length', (response) => response.writeHead(200, { 'Content-Length': 27, 'X-A': '1' }).end(real)],
  ['write and end', (response) => response.write('by ana@sh') && response.end('op.example, señor')],
])('masks text that leaves as %s', async (_, handler) => {
  for (const mask of [now, later]) {
    const response = await answer(handler, mask);
    expect(Buffer.isBuffer(response.body) ? response.body.toString() : (response.text ?? '')).toBe(masked);
    expect(response.status).toBe(200);
  }
});

it.each<[string, (response: Response, bytes: Buffer) => unknown]>([
  ['a Buffer of an image', (response, bytes) => response.type('png').send(bytes)],
  ['a Buffer of no declared type', (response, bytes) => response.send(bytes)],
  ['a stream of a PDF', (response, bytes) => Readable.from([bytes]).pipe(response.type('pdf'))],
  ['what the handler compressed', (response, bytes) => response.type('json').set('Content-Encoding', 'br').end(bytes)],
])('lets bytes through that are no text: %s', async (_, handler) => {
  const bytes = Buffer.concat([gzipSync('x'), Buffer.from('ana@shop.example')]);
  const app = express().get('/', (_request, response) => {
    maskExpressResponse(response, now);
    handler(response, bytes);
  });
  expect(await bytesOf(app)).toEqual(bytes);
});

it('masks the lines of an open stream as they end, also where addresses must be read first', async () => {
  const app = express().get('/', (_request, response) => {
    maskExpressResponse(response, later);
    response.type('text/event-stream');
    response.flushHeaders();
    response.write('id: 1\ndata: ana@sh');
    response.write('op.example\n\n');
    setTimeout(() => response.end('data: ana@shop.example'), 50);
  });
  expect((await bytesOf(app)).toString()).toBe('id: 1\ndata: alias@ct.example.com\n\ndata: alias@ct.example.com');
});

it('cuts the connection rather than send a text that could not be masked', async () => {
  const refuse = () => Promise.reject(new Error('no'));
  const broken: BodyMask = { value: refuse, text: refuse, serialized: refuse };
  await expect(answer((response) => response.json(order), broken)).rejects.toThrow(/socket hang up/);
  await expect(answer((response) => response.type('txt').end(real), broken)).rejects.toThrow(/socket hang up/);
});

async function bytesOf(app: Express): Promise<Buffer> {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as { port: number };
    const chunks: Buffer[] = [];
    await new Promise<void>((resolve, reject) => {
      get({ port, host: '127.0.0.1' }, (incoming) => {
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', resolve);
      }).on('error', reject);
    });
    return Buffer.concat(chunks);
  } finally {
    server.close();
  }
}
