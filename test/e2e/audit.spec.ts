import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { AuditTrail } from '../../libs/conversation-tracker/src/timeline/audit/audit-trail.js';
import { TimelineHost } from '../support/timeline-host.js';

const path = '/conversation-tracker/audit';
const reader = { may: 'audit.read', actor: 'auditor' };
let host: TimelineHost;

beforeAll(async () => {
  host = await TimelineHost.start();
  const aliasId = 'a'.repeat(32);
  await host.tell('alias.revoked', { storeId: 'other', orderId: 'o-9' }, { aliasId, actor: 'key-9' });
  await vi.waitFor(async () => expect(await entries('other')).toHaveLength(1), { timeout: 15_000 });
  // One after the other: events of several orders are worked on at once.
  const trail = host.provider(AuditTrail);
  const revoked = { storeId: 'shop', action: 'alias.revoked', detail: { aliasId } };
  await trail.record({ ...revoked, orderId: 'o-1', actor: 'key-1' });
  await trail.record({ ...revoked, orderId: 'o-2', actor: 'key-2' });
  await host.get(path).expect(403);
  await trail.record({ storeId: 'shop', actor: 'key-1', action: 'settings.changed', detail: { fields: ['maskType'] } });
});
afterAll(() => host.stop());

async function entries(store = 'shop', query = ''): Promise<{ sequence: number; actor: string }[]> {
  const { body } = await host.get(path + query, { ...reader, store }).expect(200);
  return body.entries;
}

it('shows the store’s own audit, newest first, to who may read it', async () => {
  const { body, headers } = await host.get(path, reader).expect(200);
  expect(body).toEqual({
    entries: [
      {
        id: expect.any(String),
        sequence: 3,
        at: '2026-05-01T09:30:00.000Z',
        actor: 'key-1',
        action: 'settings.changed',
        detail: { fields: ['maskType'] },
      },
      expect.objectContaining({ sequence: 2, action: 'alias.revoked' }),
      expect.objectContaining({ sequence: 1, action: 'alias.revoked', detail: { aliasId: 'a'.repeat(32) } }),
    ],
  });
  expect(headers['cache-control']).toBe('no-store');
  expect(await entries('other')).toMatchObject([{ sequence: 1, actor: 'key-9', orderId: 'o-9' }]);
});

it('is turned page by page, and shows only what is asked for', async () => {
  const first = await host.get(`${path}?limit=2`, reader).expect(200);
  expect(first.body.nextCursor).toBe('2');
  const second = await host.get(`${path}?limit=2&cursor=2`, reader).expect(200);
  expect(second.body).toMatchObject({ entries: [{ sequence: 1 }] });
  expect(second.body.nextCursor).toBeUndefined();
  expect(await entries('shop', '?action=settings.changed')).toMatchObject([{ sequence: 3 }]);
  expect((await entries('shop', '?actor=key-1')).map(({ sequence }) => sequence)).toEqual([3, 1]);
  expect(await entries('shop', '?orderId=o-2')).toMatchObject([{ actor: 'key-2' }]);
  expect(await entries('shop', '?orderId=o-9')).toEqual([]);
});

it.each(['cursor=abc', 'cursor=0', 'limit=0', 'limit=201', 'limit=1.5', 'actor=', 'actor=a&actor=b', 'action=%00'])(
  'refuses ?%s, and says what would be right',
  async (query) => {
    const { body } = await host.get(`${path}?${query}`, reader).expect(422);
    expect(body.errors).toMatchObject([{ field: query.split('=')[0] }]);
  },
);
