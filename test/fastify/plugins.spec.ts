import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { mailHost, newKeys } from '../support/mail-host.js';
import { DecoratedController, plainOrder } from '../support/masking-host.js';

let directory: string;
let rows: TestDatabase;
let app: NestFastifyApplication | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-plugins-'));
  rows = await createDatabase(directory);
});
afterEach(async () => {
  await app?.close();
  await rows.drop();
  await rm(directory, { recursive: true });
});

function host(): Type {
  const orders = { findOrder: () => Promise.resolve(undefined) };
  @Module({
    imports: [mailHost({ database: rows.address, directory, smtpPort: 9, keys: newKeys(), orders })],
    controllers: [DecoratedController],
  })
  class Host {}
  return Host;
}

/** What a plugin such as @fastify/compress does with a body. */
const compress = (instance: FastifyInstance) =>
  void instance.addHook('onSend', (_, reply, payload, done) => {
    reply.header('content-encoding', 'gzip').removeHeader('content-length');
    done(null, typeof payload === 'string' ? gzipSync(payload) : payload);
  });

const quiet = { logger: false, abortOnError: false } as const;
const factories: [string, (adapter: FastifyAdapter) => Promise<NestFastifyApplication>][] = [
  ['NestFactory', (adapter) => NestFactory.create<NestFastifyApplication>(host(), adapter, quiet)],
  [
    'a testing module',
    async (adapter) => {
      const testing = await Test.createTestingModule({ imports: [host()] }).compile();
      return testing.createNestApplication<NestFastifyApplication>(adapter, quiet);
    },
  ],
];

it.each(factories)('an order is masked before a plugin of the host compresses it: %s', async (_, create) => {
  app = await create(new FastifyAdapter());
  compress(app.getHttpAdapter().getInstance());
  await app.init();
  const { rawPayload, statusCode } = await app.inject('/orders/kept');
  expect(statusCode).toBe(200);
  const order = JSON.parse(gunzipSync(rawPayload).toString()) as ReturnType<typeof plainOrder>;
  expect(order).toEqual({ ...plainOrder('kept-1'), customer: { email: expect.stringMatching(/@ct\.example\.com$/) } });
});

it.each(factories)('an order that was compressed before is refused: %s', async (_, create) => {
  const instance = fastify();
  compress(instance);
  app = await create(new FastifyAdapter(instance));
  await app.init();
  const { rawPayload, statusCode } = await app.inject('/orders/kept');
  expect(statusCode).toBe(500);
  expect(rawPayload.includes('@customer.example')).toBe(false);
});
