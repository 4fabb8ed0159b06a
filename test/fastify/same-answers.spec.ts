import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HostApp, startHost } from '../support/host-app.js';
import { DecoratedController, maskChosen, REAL, UndecoratedController } from '../support/masking-host.js';

// Both have the same keys, so the same person has the same alias in the same order.
let onExpress: HostApp;
let onFastify: HostApp;
const host = { controllers: [DecoratedController, UndecoratedController] };

beforeAll(async () => {
  onExpress = await startHost(maskChosen, undefined, host, 'express');
  onFastify = await startHost(maskChosen, undefined, host, 'fastify');
});
afterAll(async () => {
  await onExpress.close();
  await onFastify.close();
});

const answer = async ({ app }: HostApp, path: string) => {
  const { status, headers, text } = await request(app.getHttpServer()).get(path).set('x-store', 'shop');
  return { status, type: headers['content-type'], length: headers['content-length'], text };
};

describe('Fastify and Express answer the same, byte for byte, cold and warm', () => {
  it.each([
    '/orders/one/o-1',
    '/orders/declared',
    '/orders/list',
    '/orders/nested',
    '/orders/entity',
    '/orders/broken',
    '/orders/summary',
    '/orders/error',
    '/orders/own-error',
    '/orders/response',
    '/orders/text',
    '/orders/events',
    '/orders/stream',
    '/plain/chosen',
  ])('%s', async (path) => {
    for (const warmth of ['cold', 'warm']) {
      const expected = await answer(onExpress, path);
      expect(await answer(onFastify, path), warmth).toEqual(expected);
      expect(expected.text).toMatch(/@ct\.example\.com|signless/);
      expect(expected.text).not.toMatch(REAL);
    }
  });

  it('/plain/login, which is not masked', async () => {
    expect(await answer(onFastify, '/plain/login')).toEqual(await answer(onExpress, '/plain/login'));
  });

  it('/conversation-tracker/settings, and a problem document', async () => {
    for (const path of ['/conversation-tracker/settings', '/conversation-tracker/templates/none/preview']) {
      expect(await answer(onFastify, path)).toEqual(await answer(onExpress, path));
    }
  });
});
