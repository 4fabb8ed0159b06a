import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TrackerDatabase } from '../../libs/conversation-tracker/src/persistence/tracker-database.js';
import { Upkeep } from '../../libs/conversation-tracker/src/privacy/upkeep/upkeep.js';
import { CUSTOMER, DESK } from '../support/mail-world.js';
import { eventually, type RelayProcess, RelayWorld } from '../support/relay-world.js';

const DAY_MS = 24 * 3_600_000;

let world: RelayWorld;
let oms: RelayProcess;

beforeEach(async () => {
  world = await RelayWorld.open();
  oms = await world.start();
  const { store } = await oms.begin();
  const attachments = [{ filename: 'photo.png', content: Buffer.alloc(2_000, 7) }];
  await oms.write({ from: CUSTOMER, to: store, subject: 'Plums', text: 'How many plums?', attachments });
  await world.arrived(DESK, 1);
});
afterEach(() => world.close());

/** Sets what is given, and lets so many days go by. */
async function keepFor(retention: object | undefined, days: number): Promise<void> {
  if (retention) {
    const audited = await count('ct_audit_entry');
    await oms.host.change({ retention });
    await eventually(async () => expect(await count('ct_audit_entry')).toBe(audited + 1));
  }
  world.mail.clock.ahead += days * DAY_MS;
  await oms.app.get(Upkeep).run();
}

async function blobs(): Promise<number> {
  const found = await readdir(join(world.mail.directory, 'blobs'), { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile() && !entry.parentPath.includes('spool')).length;
  return files + (await count('ct_blob'));
}

const count = async (table: string) =>
  (await oms.app.get(TrackerDatabase).manager.query<[]>(`SELECT 1 FROM ${table}`)).length;

it('what a store keeps for so long goes part by part, and the rest stays', async () => {
  const [{ id }] = (await oms.host.messages('o-1')).slice(-1);
  await keepFor({ bodies: 1, rawMessages: 30, attachments: 'forever' }, 2);
  const { body } = await oms.get(`messages/${id}`).expect(200);
  expect(body).toMatchObject({ subject: 'Plums', firstWords: '', hasAttachment: true });
  expect(body).not.toHaveProperty('text');
  await oms.get(`messages/${id}/attachments/2`).expect(200);
  await oms.get(`messages/${id}/raw`).set('x-reason', 'A dispute').expect(200);

  await keepFor({ rawMessages: 7, attachments: 10 }, 6);
  await oms.get(`messages/${id}/raw`).set('x-reason', 'A dispute').expect(404);
  await oms.get(`messages/${id}/attachments/2`).expect(200);
  await keepFor(undefined, 3);
  await oms.get(`messages/${id}/attachments/2`).expect(404);
  expect(await blobs()).toBe(0);

  const aliases = await oms.aliases();
  await keepFor({ timeline: 20 }, 10);
  expect(await oms.host.messages('o-1')).toEqual([]);
  expect(await oms.host.timeline('o-1')).toEqual([]);
  expect(await blobs()).toBe(0);
  for (const table of ['ct_message', 'ct_message_recipient', 'ct_delivery', 'ct_message_ref'])
    expect(await count(table)).toBe(0);
  expect(await oms.aliases()).toEqual(aliases);
});

it('is not applied to what is younger, nor to what is kept for ever', async () => {
  await keepFor({ bodies: 'forever', rawMessages: 'forever', attachments: 'forever', timeline: 'forever' }, 4_000);
  expect(await oms.host.messages('o-1')).toHaveLength(2);
  expect(await count('ct_audit_entry')).toBe(0);
  const before = await blobs();
  await keepFor({ bodies: 10 }, 0);
  expect(await blobs()).toBe(before);
});
