import { randomBytes } from 'node:crypto';
import { type KeyOptions } from 'nestjs-conversation-tracker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TrackerDatabase } from '../../libs/conversation-tracker/src/persistence/tracker-database.js';
import { type KeyStatus } from '../../libs/conversation-tracker/src/privacy/keys/key-status.service.js';
import { Upkeep } from '../../libs/conversation-tracker/src/privacy/upkeep/upkeep.js';
import { AttachmentResealing } from '../../libs/conversation-tracker/src/timeline/attachments/attachment-resealing.js';
import { CUSTOMER, DESK } from '../support/mail-world.js';
import { eventually, type RelayProcess, RelayWorld } from '../support/relay-world.js';

const FILE = Buffer.alloc(100_000, 9);

let world: RelayWorld;
let oms: RelayProcess;

beforeEach(async () => {
  world = await RelayWorld.open();
  oms = await world.start();
  const { store } = await oms.begin();
  const attachments = [{ filename: 'photo.png', content: FILE }];
  await oms.write({ from: CUSTOMER, to: store, subject: 'Plums', text: 'How many plums?', attachments });
  await world.arrived(DESK, 1);
  await oms.host.change({ currency: 'EUR' });
  await oms.put('templates/shipped/en', { subject: 'Plums fly' }).expect(200);
});
afterEach(() => world.close());

const status = async (): Promise<KeyStatus> => (await oms.get('keys').expect(200)).body as KeyStatus;

async function restart(keys: KeyOptions): Promise<void> {
  await oms.app.close();
  oms = await world.start({ keys });
}

/** All that was stored can be read. */
async function readsAll(): Promise<void> {
  const message = (await oms.host.messages('o-1')).at(-1)!;
  expect(message).toMatchObject({ subject: 'Plums' });
  const { body } = await oms.get(`messages/${message.id}`).expect(200);
  expect(body).toMatchObject({ text: expect.stringContaining('How many plums?') });
  const raw = await oms.get(`messages/${message.id}/raw`).set('x-reason', 'A dispute').responseType('blob').expect(200);
  expect((raw.body as Buffer).toString()).toContain('How many plums?');
  const [{ path }] = message.attachments;
  const file = await oms.get(`messages/${message.id}/attachments/${path}`).responseType('blob').expect(200);
  expect(FILE.equals(file.body as Buffer)).toBe(true);
  expect(Object.keys(await oms.aliases())).toContain('customer');
  const template = await oms.get('templates/shipped/en').expect(200);
  expect(template.body).toMatchObject({ sources: { subject: 'Plums fly' } });
  expect((await oms.get('settings').expect(200)).body).toMatchObject({ currency: 'EUR' });
}

describe('a new encryption key', () => {
  it('takes over by itself, and then the old one may be taken out of the options', async () => {
    const { encryption, ...others } = world.mail.keys;
    const k2 = randomBytes(32).toString('hex');
    await restart({ ...others, encryption: { current: 'k2', keys: { ...encryption.keys, k2 } } });
    const { encryption: state } = await eventually(async () => {
      const now = await status();
      expect(now.encryption.removable).toEqual(['k1']);
      return now;
    });
    expect(state).toMatchObject({ current: 'k2', others: { storeKeys: 0, events: 0, spoolFiles: 0 } });
    await restart({ ...others, encryption: { current: 'k2', keys: { k2 } } });
    await readsAll();
  });
});

describe('a new key of a store', () => {
  it('takes over all that the store has stored, and the old one goes', async () => {
    const { body } = await oms.post('keys').expect(202);
    expect(body).toMatchObject({ store: { key: 1, older: [] } });
    world.mail.clock.ahead += 300_000;
    expect(await status()).toMatchObject({ store: { key: 2, older: [1], resealing: { messages: 'waiting' } } });
    await readsAll();
    world.mail.clock.ahead += 300_000;
    // It stops in the middle, and the next process goes on from there.
    vi.spyOn(oms.app.get(AttachmentResealing), 'reseal').mockRejectedValueOnce(new Error('crash'));
    await expect(oms.app.get(Upkeep).run()).rejects.toThrow('crash');
    const half = { participants: 'done', messages: 'done', attachments: 'running', mail: 'waiting' };
    expect(await status()).toMatchObject({ store: { older: [1], resealing: half } });
    await readsAll();
    await restart(world.mail.keys);
    await eventually(async () => expect((await status()).store.older).toEqual([]));
    expect((await status()).store).toMatchObject({ key: 2, older: [] });
    const rows = await oms.app.get(TrackerDatabase).manager.query<object[]>('SELECT * FROM ct_store_key');
    expect(rows).toMatchObject([{ number: 2 }]);
    await readsAll();
    await restart(world.mail.keys);
    await readsAll();
  });

  it('is given to nobody without the permission', async () => {
    await oms.post('keys').set('x-may-not', 'privacy.keys').expect(403);
    await oms.get('keys').set('x-may-not', 'privacy.keys').expect(403);
  });
});
