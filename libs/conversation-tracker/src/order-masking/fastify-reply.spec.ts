import { get } from 'node:http';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import express from 'express';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import request from 'supertest';
import { afterEach, expect, it, vi } from 'vitest';
import { hookMaskedReplies } from './fastify-hook.js';
import { maskFastifyReply } from './fastify-reply.js';
import { type BodyMask } from './http-body-mask.js';
import { MaskedJson } from './masked-json.js';

const hide = (text: string) => text.replaceAll('ana@shop.example', 'alias@ct.example.com');
const now: BodyMask = { value: (body) => new MaskedJson([hide(JSON.stringify(body))]), text: hide, serialized: hide };
const later: BodyMask = {
  value: (body) => Promise.resolve(new MaskedJson([hide(JSON.stringify(body))])),
  text: (text) => Promise.resolve(hide(text)),
  serialized: (text) => Promise.resolve(hide(text)),
};
const order = { orderId: '1', email: 'ana@shop.example', total: 12.5 };
const real = 'by ana@shop.example, señor';
const masked = 'by alias@ct.example.com, señor';

const running: FastifyInstance[] = [];
afterEach(async () => {
  for (const app of running.splice(0)) await app.close();
});

type Handler = (reply: FastifyReply) => unknown;

function hooked(app = fastify()): FastifyInstance {
  hookMaskedReplies(app);
  return app;
}

/** An application with one route that is masked, and one that is not. */
async function serve(handler: Handler, mask: BodyMask, app = hooked(), schema: object = {}) {
  running.push(app);
  app.get('/', { schema }, (_, reply) => {
    maskFastifyReply(reply, mask);
    handler(reply);
  });
  app.get('/plain', (_, reply) => void handler(reply));
  await app.ready();
  return request(app.server);
}

const textOf = ({ body, text }: request.Response): string => (Buffer.isBuffer(body) ? body.toString() : (text ?? ''));

it('masks a value as Express sends it: the same bytes, the same type and length', async () => {
  const hidden = { ...order, email: 'alias@ct.example.com' };
  const plain = await request(express().get('/', (_request, response) => void response.json(hidden))).get('/');
  for (const mask of [now, later]) {
    const { text, headers } = await (await serve((reply) => reply.send(order), mask)).get('/');
    expect(text).toBe(plain.text);
    for (const header of ['content-type', 'content-length']) expect(headers[header]).toBe(plain.headers[header]);
  }
});

it('leaves what other routes of the application send', async () => {
  const { text } = await (await serve((reply) => reply.send(order), now)).get('/plain');
  expect(text).toBe(JSON.stringify(order));
});

it("keeps the route's own serialiser, which filters fields, and hands over what it made", async () => {
  const response = { 200: { type: 'object', properties: { orderId: { type: 'string' }, email: { type: 'string' } } } };
  const handed: unknown[] = [];
  const serialized = (text: string, body: object) => {
    handed.push(text, body);
    return hide(text);
  };
  const server = await serve((reply) => reply.send(order), { ...now, serialized }, undefined, { response });
  expect((await server.get('/')).text).toBe('{"orderId":"1","email":"alias@ct.example.com"}');
  expect(handed).toEqual(['{"orderId":"1","email":"ana@shop.example"}', order]);
});

it("masks what the reply's own serialiser writes", async () => {
  const xml = ({ email }: typeof order) => `<email>${email}</email>`;
  const server = await serve((reply) => reply.type('text/xml').serializer(xml).send(order), now);
  expect((await server.get('/')).text).toBe('<email>alias@ct.example.com</email>');
});

it('writes JSON itself where Fastify would do no more than JSON.stringify, and only there', async () => {
  const serialized = (text: string) => hide(text.replace('{', '{"by":"Fastify",'));
  const mask = { ...now, serialized };
  const own = JSON.stringify;
  const response = { 200: { type: 'object', additionalProperties: true } };
  const bySerializer: Handler = (reply) => reply.serializer(own).send(order);
  const text = async (...given: Parameters<typeof serve>) => (await (await serve(...given)).get('/')).text;
  const send: Handler = (reply) => reply.send(order);
  expect(await text(send, mask)).toBe(hide(own(order)));
  expect(await text(send, { ...later, serialized })).toBe(hide(own(order)));
  expect(await text(bySerializer, mask)).toContain('by');
  expect(await text(send, mask, undefined, { response })).toContain('by');
  const app = hooked();
  app.setReplySerializer((payload) => own(payload));
  expect(await text(send, mask, app)).toContain('by');
  expect(await text((reply) => reply.type('application/hal+json').send(order), mask)).toContain('by');
});

it('lets a handler of errors answer in its own way where a value cannot be written', async () => {
  for (const [body, expected] of [
    ['"no ana@shop.example"', '"no alias@ct.example.com"'],
    [order, hide(JSON.stringify(order))],
  ]) {
    const app = hooked();
    app.setErrorHandler((_, _request, reply) => reply.type('application/json').send(body));
    const { text } = await (await serve((reply) => reply.send({ amount: 1n }), now, app)).get('/');
    expect(text).toBe(expected);
  }
});

it.each<[string, Handler]>([
  ['a string', (reply) => reply.send(real)],
  ['a Buffer of a text type', (reply) => reply.type('text/csv').send(Buffer.from(real))],
  ['a stream', (reply) => reply.type('text/plain').send(Readable.from([real.slice(0, 6), real.slice(6)]))],
  [
    'a stream with a length',
    (reply) =>
      reply
        .header('content-length', 27)
        .type('text/csv')
        .send(Readable.from([real])),
  ],
  ['a stream of no declared type', (reply) => reply.send(Readable.from([real]))],
  ['a stream of the web', (reply) => reply.type('text/plain').send(Readable.toWeb(Readable.from([Buffer.from(real)])))],
  ['an answer of fetch', (reply) => reply.send(new Response(real, { headers: { 'content-type': 'text/plain' } }))],
  ['raw writes', ({ raw }) => raw.write('by ana@sh') && raw.end('op.example, señor')],
  ['writeHead', (reply) => reply.hijack().raw.writeHead(200, { 'Content-Length': 27, 'X-A': '1' }).end(real)],
])('masks text that leaves as %s', async (_, handler) => {
  for (const mask of [now, later]) {
    const response = await (await serve(handler, mask)).get('/');
    expect(textOf(response)).toBe(masked);
    expect(response.status).toBe(200);
  }
});

it.each<[string, (reply: FastifyReply, bytes: Buffer) => unknown]>([
  ['a Buffer of an image', (reply, bytes) => reply.type('image/png').send(bytes)],
  ['a Buffer of no declared type', (reply, bytes) => reply.send(bytes)],
  ['a stream of a PDF', (reply, bytes) => reply.type('application/pdf').send(Readable.from([bytes]))],
  [
    'what the handler compressed',
    (reply, bytes) => reply.type('text/csv').header('content-encoding', 'br').send(bytes),
  ],
])('lets bytes through that are no text: %s', async (_, handler) => {
  const bytes = Buffer.concat([gzipSync('x'), Buffer.from('ana@shop.example')]);
  const app = hooked();
  await serve((reply) => handler(reply, bytes), now, app);
  expect((await app.inject('/')).rawPayload).toEqual(bytes);
});

it('answers HEAD with the length of the masked body, and an empty body with none', async () => {
  const head = await (await serve((reply) => reply.send(order), later)).head('/');
  expect(head.headers['content-length']).toBe(String(hide(JSON.stringify(order)).length));
  for (const body of [undefined, null]) {
    const { headers } = await (await serve((reply) => reply.code(200).send(body), now)).get('/');
    expect(headers['content-length']).toBe(body === undefined ? '0' : '4');
  }
});

it('masks the lines of an open stream as they end, also where addresses must be read first', async () => {
  const server = await serve((reply) => {
    const raw = reply.hijack().raw.writeHead(200, { 'Content-Type': 'text/event-stream' });
    raw.write('id: 1\ndata: ana@sh');
    raw.write('op.example\n\n');
    setTimeout(() => raw.end('data: ana@shop.example'), 50);
  }, later);
  expect((await server.get('/')).text).toBe('id: 1\ndata: alias@ct.example.com\n\ndata: alias@ct.example.com');
});

const compress = (app: FastifyInstance) =>
  app.addHook('onSend', (_, reply, payload, done) => {
    reply.header('content-encoding', 'gzip').removeHeader('content-length');
    done(null, gzipSync(payload as string));
  });

it('is masked before a later hook compresses it', async () => {
  const app = hooked();
  compress(app);
  await serve((reply) => reply.send(order), later, app);
  const { rawPayload } = await app.inject('/');
  expect(gunzipSync(rawPayload).toString()).toBe(hide(JSON.stringify(order)));
});

it('is refused where an earlier hook has compressed it, with the mend', async () => {
  const app = fastify();
  compress(app);
  const errors: unknown[] = [];
  app.addHook('onError', (_, _reply, error, done) => {
    errors.push(error.message);
    done();
  });
  await serve((reply) => reply.send(order), now, hooked(app));
  const { statusCode, rawPayload } = await app.inject('/');
  expect(statusCode).toBe(500);
  expect(rawPayload.includes('ana@')).toBe(false);
  expect(errors[0]).toMatch(/register it after NestFactory\.create/);
});

it('carries no ETag that an earlier hook made of real addresses, and keeps one of the handler', async () => {
  const app = fastify();
  app.addHook('onSend', (request_, reply, payload, done) => {
    if (request_.url === '/' && !reply.hasHeader('etag')) reply.header('etag', `"${String(payload).length}"`);
    done(null, payload);
  });
  const server = await serve((reply) => reply.send(order), now, hooked(app));
  expect((await server.get('/')).headers).not.toHaveProperty('etag');
  const own = await serve((reply) => reply.header('etag', '"version-7"').send(order), now);
  expect((await own.get('/')).headers['etag']).toBe('"version-7"');
});

it('never sends a text that could not be masked', async () => {
  const refuse = () => Promise.reject(new Error('no'));
  const broken: BodyMask = { value: refuse, text: refuse, serialized: refuse };
  for (const body of [order, real, Buffer.from(real), Readable.from([real])]) {
    const server = await serve((reply) => reply.type('application/json').send(body), broken);
    const answer = await server.get('/').then(textOf, String);
    expect(answer).toMatch(/socket hang up/);
  }
});

it('masks the error of a stream that breaks', async () => {
  const breaks = new Readable({ read: () => breaks.destroy(new Error('no file of ana@shop.example')) });
  const { status, text } = await (await serve((reply) => reply.send(breaks), later)).get('/');
  expect(status).toBe(500);
  expect(text).toContain('no file of alias@ct.example.com');
});

it('lets go of a source that has fallen silent when the client has left', async () => {
  const silent = new Readable({ read: () => {} });
  silent.push('a line\n');
  const app = hooked();
  await serve((reply) => reply.type('application/x-ndjson').send(silent), now, app);
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  get(address, (incoming) => incoming.once('data', () => incoming.destroy()));
  await vi.waitFor(() => expect(silent.destroyed).toBe(true), { timeout: 15_000 });
});
