import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { type FastifyInstance } from 'fastify';
import request from 'supertest';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { mailHost, newKeys } from '../support/mail-host.js';

let directory: string;
let rows: TestDatabase;
let app: NestFastifyApplication | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-forms-'));
  rows = await createDatabase(directory);
});

afterEach(async () => {
  await app?.close();
  await rows.drop();
  await rm(directory, { recursive: true });
});

/** What @fastify/multipart does where its fields are not asked for at once: the body stays unread. */
const formPlugin = Object.assign(
  (instance: FastifyInstance, _: unknown, done: () => void) => {
    instance.addContentTypeParser('multipart/form-data', (asked, _payload, parsed) => {
      Object.assign(asked, { seen: true });
      parsed(null);
    });
    done();
  },
  { [Symbol.for('skip-override')]: true },
);

async function start(plugin?: typeof formPlugin): Promise<NestFastifyApplication> {
  const orders = { findOrder: () => Promise.resolve({ orderId: 'o-1', customer: { email: 'ana@customer.example' } }) };
  const host = mailHost({ database: rows.address, directory, smtpPort: 9, keys: newKeys(), orders });
  const testing = await Test.createTestingModule({ imports: [host] }).compile();
  app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  const instance = app.getHttpAdapter().getInstance();
  if (plugin) void instance.register(plugin);
  await app.init();
  await instance.ready();
  return app;
}

const send = (running: NestFastifyApplication) =>
  request(running.getHttpServer())
    .post('/conversation-tracker/orders/o-1/messages')
    .set('x-store', 'default')
    .field('subject', 'x')
    .field('text', 'x')
    .attach('a', Buffer.from('x'), { filename: 'a.txt' });

it('a form with files is taken on Fastify without a plugin for forms', async () => {
  const { body } = await send(await start()).expect(202);
  expect(body).toMatchObject({ hasAttachment: true });
});

it('a form with files is taken on Fastify beside the plugin that the host has for forms', async () => {
  const { body } = await send(await start(formPlugin)).expect(202);
  expect(body).toMatchObject({ hasAttachment: true });
});
