import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TrackerDatabase } from '../../libs/conversation-tracker/src/persistence/tracker-database.js';
import { Note } from '../../libs/conversation-tracker/src/timeline/notes/note.entity.js';
import { CUSTOMER, MailWorld, type MailProcess } from '../support/mail-world.js';

let world: MailWorld;
let host: MailProcess;

beforeAll(async () => {
  world = await MailWorld.open();
  host = await world.start();
  world.place('o-1');
});
afterAll(() => world.close());

const write = (text: unknown, orderId = 'o-1', store = 'default') =>
  request(host.app.getHttpServer())
    .post(`/conversation-tracker/orders/${orderId}/notes`)
    .set('x-store', store)
    .set('x-actor', 'user-7')
    .send({ text });

it('a note stands on the timeline, names people by alias, is encrypted, and is mailed to nobody', async () => {
  const said = `Called ${CUSTOMER.toUpperCase()}.\nWants it at friend@elsewhere.example.`;
  const { body } = await write(said).expect(201);
  expect(body).toMatchObject({ kind: 'note', author: 'user-7', occurredAt: expect.any(String) });
  expect(body.text).toMatch(/^Called [0-9a-f]{32}@ct\.example\.com\.\nWants it at undisclosed@ct\.example\.com\.$/);
  expect(await host.timeline('o-1')).toEqual([body]);

  const [row] = await host.app.get(TrackerDatabase).manager.find(Note);
  expect(row.sealed).not.toContain('Called');
  for (const file of await readdir(world.directory, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    expect((await readFile(join(file.parentPath, file.name))).includes('Wants it at')).toBe(false);
  }
  expect(world.inbox.mails).toEqual([]);
});

it('is told what is wrong with it, and shown to no other store', async () => {
  for (const wrong of [undefined, ' ', 7, 'x'.repeat(5001), '\u0007'])
    expect((await write(wrong).expect(422)).body.errors).toMatchObject([{ field: 'text' }]);
  await write('Hello', 'none').expect(404);
  await write('Hello', 'o-1', 'another').expect(404);
  await write('Hello').set('x-may-not', 'messages.write').expect(403);
});
