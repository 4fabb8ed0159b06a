import request from 'supertest';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { DESK, MailWorld, type MailProcess } from '../support/mail-world.js';

let world: MailWorld;
let host: MailProcess;

beforeAll(async () => {
  world = await MailWorld.open();
  host = await world.start();
});
afterAll(() => world.close());

const get = (path: string, store = 'shop') =>
  request(host.app.getHttpServer()).get(`/conversation-tracker/settings/${path}`).set('x-store', store);

async function change(actor: string, settings: object, store = 'shop'): Promise<void> {
  const patch = request(host.app.getHttpServer()).patch('/conversation-tracker/settings');
  await patch.set('x-store', store).set('x-actor', actor).send(settings).expect(200);
  world.clock.ahead += 60_000;
}

it('the settings page tells who changed which field last and when, and never what it said', async () => {
  await change('user-1', { maskType: 'simple', senderAddress: DESK });
  await change('user-2', { maskType: 'complex' });
  await change('user-2', { maskType: 'complex' });
  await change('user-3', { locale: 'es' }, 'other');
  const changes = await vi.waitFor(
    async () => {
      const { body } = await get('changes').expect(200);
      expect(body.total).toBe(2);
      return body.changes;
    },
    { timeout: 15_000 },
  );
  expect(changes).toMatchObject([
    { actor: 'user-2', fields: ['maskType'] },
    { actor: 'user-1', fields: ['maskType', 'senderAddress'] },
  ]);
  const { body: first, text } = await get('changes?limit=1&order=asc').expect(200);
  expect(first).toMatchObject({ changes: [{ actor: 'user-1' }], total: 2, nextCursor: expect.any(String) });
  expect(text).not.toContain('@');
  const { body: second } = await get(`changes?limit=1&order=asc&cursor=${first.nextCursor}`).expect(200);
  expect(second.changes).toMatchObject([{ actor: 'user-2' }]);

  const { body: last } = await get('changes/last').expect(200);
  expect(last.fields).toEqual({
    maskType: { at: changes[0].at, actor: 'user-2' },
    senderAddress: { at: changes[1].at, actor: 'user-1' },
  });
  expect(Date.parse(changes[0].at) - Date.parse(changes[1].at)).toBeGreaterThanOrEqual(60_000);
});

it('is closed to who may not read the settings, and names a query that is wrong', async () => {
  await get('changes').set('x-may-not', 'settings.read').expect(403);
  await get('changes/last').set('x-may-not', 'settings.read').expect(403);
  expect((await get('changes?order=up').expect(422)).body.errors).toMatchObject([{ field: 'order' }]);
});
