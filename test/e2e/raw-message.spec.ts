import request from 'supertest';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TrackerDatabase } from '../../libs/conversation-tracker/src/persistence/tracker-database.js';
import { AuditEntry } from '../../libs/conversation-tracker/src/timeline/audit/audit-entry.entity.js';
import { CUSTOMER, type MailProcess, MailWorld } from '../support/mail-world.js';

let world: MailWorld;
let host: MailProcess;
let id: string;

beforeEach(async () => {
  world = await MailWorld.open();
  world.place('o-1');
  host = await world.start();
  await host.tracker.publish({ step: 'shipped', orderId: 'o-1' });
  await vi.waitFor(() => expect(world.inbox.mails).toHaveLength(1), { timeout: 15_000 });
  [{ id }] = await host.messages('o-1');
});

afterEach(() => world.close());

function raw(store = 'default', reason?: string) {
  const asked = request(host.app.getHttpServer()).get(`/conversation-tracker/messages/${id}/raw`).set('x-store', store);
  return reason === undefined ? asked : asked.set('x-reason', reason);
}

it('R42 a message is shown as it went out to who says why, as a download, on record', async () => {
  const { body, headers } = await raw('default', 'The customer disputes the text').responseType('blob').expect(200);
  const [sent] = world.inbox.mails;
  expect((body as Buffer).toString('latin1').trimEnd()).toBe(sent.raw.trimEnd());
  expect(sent.raw).not.toContain(CUSTOMER);
  expect(headers).toMatchObject({
    'content-type': 'message/rfc822',
    'content-disposition': `attachment; filename="${id}.eml"; filename*=UTF-8''${id}.eml`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  const audit = await host.app.get(TrackerDatabase).manager.find(AuditEntry);
  expect(audit).toMatchObject([{ storeId: 'default', orderId: 'o-1', actor: 'test', action: 'address.revealed' }]);
  expect(JSON.parse(audit[0].detail)).toEqual({
    way: 'raw-message',
    orderIds: ['o-1'],
    messageId: id,
    reason: 'The customer disputes the text',
  });
});

it('R42 a message is shown to nobody without permission, of another store, or without a reason', async () => {
  await raw('none', 'The customer disputes the text').expect(403);
  await raw('other', 'The customer disputes the text').expect(404);
  const { body } = await raw().expect(422);
  expect(body).toMatchObject({ type: 'urn:conversation-tracker:invalid-input', errors: [{ field: 'reason' }] });
  expect(await host.app.get(TrackerDatabase).manager.count(AuditEntry)).toBe(0);
});
