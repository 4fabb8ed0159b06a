import { type INestApplication } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type TestingModule } from '@nestjs/testing';

export type HttpAdapter = 'express' | 'fastify';

/** The adapter that `HTTP_ADAPTER` names, Express without it. */
export function chosenAdapter(): HttpAdapter {
  const name = process.env['HTTP_ADAPTER'] ?? 'express';
  if (name !== 'express' && name !== 'fastify') throw new Error(`HTTP_ADAPTER is express or fastify, not "${name}"`);
  return name;
}

/** Starts the application of a module on an adapter, ready for supertest. */
export async function startHttp(module: TestingModule, adapter = chosenAdapter()): Promise<INestApplication> {
  const quiet = { logger: false } as const;
  if (adapter === 'express') return module.createNestApplication(quiet).init();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), quiet);
  await app.init();
  // Fastify takes requests only when its plugins and hooks are in place.
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
