import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { OrderMaskingService } from 'nestjs-conversation-tracker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AliasPurge } from '../../libs/conversation-tracker/src/alias/alias-purge.js';
import { OutboxConsumption } from '../../libs/conversation-tracker/src/events/outbox-consumption.entity.js';
import { OutboxEvent } from '../../libs/conversation-tracker/src/events/outbox-event.entity.js';
import { newId } from '../../libs/conversation-tracker/src/kernel/ids.js';
import { MimeWorkers } from '../../libs/conversation-tracker/src/mailer/relay/mime-worker.js';
import { TrackerDatabase } from '../../libs/conversation-tracker/src/persistence/tracker-database.js';
import { type ErasureReport } from '../../libs/conversation-tracker/src/privacy/erasures.service.js';
import { ErasureWorker, SWEEP_AFTER_MS } from '../../libs/conversation-tracker/src/privacy/erasure-worker.js';
import { StoreRetention } from '../../libs/conversation-tracker/src/privacy/retention/store-retention.js';
import { Erasure } from '../../libs/conversation-tracker/src/privacy/erasure.entity.js';
import { AuditEntry } from '../../libs/conversation-tracker/src/timeline/audit/audit-entry.entity.js';
import { MessageErasure } from '../../libs/conversation-tracker/src/timeline/message-erasure.js';
import { CUSTOMER, DESK } from '../support/mail-world.js';
import { CARRIER, eventually, type RelayProcess, RelayWorld } from '../support/relay-world.js';

const PLACEHOLDER = 'undisclosed@ct.example.com';

let world: RelayWorld;
let oms: RelayProcess;

beforeEach(async () => {
  world = await RelayWorld.open();
  oms = await world.start();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await world.close();
});

async function erase(body: object): Promise<ErasureReport> {
  const { body: report } = await oms.post('erasures', body).expect(202);
  return report as ErasureReport;
}

async function report(id: string): Promise<ErasureReport> {
  return (await oms.get(`erasures/${id}`).expect(200)).body as ErasureReport;
}

const reaches = (id: string, state: ErasureReport['state']) =>
  eventually(async () => {
    const now = await report(id);
    expect(now.state).toBe(state);
    return now;
  });

/** Until nothing is on its way any more that the erasure could not see yet. */
async function finished(id: string): Promise<ErasureReport> {
  await reaches(id, 'sweeping');
  world.mail.clock.ahead += SWEEP_AFTER_MS;
  oms.app.get(ErasureWorker).wake();
  return reaches(id, 'done');
}

const rows = (table: string, where = '1 = 1') =>
  oms.app.get(TrackerDatabase).manager.query<unknown[]>(`SELECT * FROM ${table} WHERE ${where}`);

async function blobs(): Promise<string[]> {
  const found = await readdir(join(world.mail.directory, 'blobs'), { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile() && !entry.parentPath.includes('spool')).map(({ name }) => name);
  const small = (await rows('ct_blob')) as { blobKey: string }[];
  return [...files, ...small.map(({ blobKey }) => blobKey)];
}

async function maskedCustomer(orderId = 'o-1'): Promise<string> {
  const order = world.mail.orders.get(orderId) as { customer: { email: string } };
  return (await oms.app.get(OrderMaskingService).mask(order)).customer.email;
}

describe('a person who wishes to be forgotten', () => {
  it('is: in order JSON, messages, files, raw mail, threads and look-ups, and nobody else is', async () => {
    const { customer, store } = await oms.begin();
    world.mail.place('o-2', {}, 'bob@customer.example');
    await oms.host.tracker.publish({ step: 'shipped', orderId: 'o-2' });
    await world.arrived('bob@customer.example', 1);
    const kept = (await blobs()).length;
    const attachments = [{ filename: 'photo.png', content: Buffer.alloc(2_000, 7) }];
    await oms.write({ from: `Ana <${CUSTOMER}>`, to: store, text: 'My secret is plum', attachments });
    await world.arrived(DESK, 1);
    await oms.write({ from: `Ana <${CUSTOMER}>`, to: store, text: 'Not me', signed: false });
    await oms.newest({ disposition: 'held' });
    expect((await blobs()).length).toBeGreaterThan(kept + 3);

    const { id } = await erase({ address: 'ANA.perez@customer.example' });
    const { erased } = await finished(id);
    expect(erased).toMatchObject({
      orders: 1,
      participants: 1,
      aliases: 1,
      messages: 3,
      attachments: 1,
      deliveries: 2,
    });
    expect(await maskedCustomer()).toBe(PLACEHOLDER);
    expect(await maskedCustomer('o-2')).not.toBe(PLACEHOLDER);
    expect(Object.values(await oms.aliases())).not.toContain(customer);
    for (const message of await oms.host.messages('o-1')) {
      expect(message).toMatchObject({ erased: true, subject: '', firstWords: '', attachments: [] });
      expect(message.sender).toBeUndefined();
      await oms.get(`messages/${message.id}/raw`).set('x-reason', 'A dispute').expect(404);
    }
    expect(await oms.host.messages('o-2')).toMatchObject([{ subject: expect.stringContaining('o-2') }]);
    expect(await blobs()).toHaveLength(2);
    for (const table of ['ct_message_ref', 'ct_attachment']) expect(await rows(table)).toEqual([]);
    await expect(oms.write({ from: CARRIER, to: customer, text: 'Anybody?' })).rejects.toThrow(/550/);

    const [row] = await oms.app.get(TrackerDatabase).manager.find(Erasure);
    expect(row).toMatchObject({ sealed: null, requestedBy: 'test' });
    expect(await rows('ct_participant', `"state" = 'erased' AND "addressIndex" <> ''`)).toEqual([]);
    const audit = await eventually(async () => {
      const entries = await oms.app.get(TrackerDatabase).manager.find(AuditEntry, { order: { id: 'ASC' } });
      const actions = entries.map(({ action }) => action).filter((action) => action.startsWith('erasure'));
      expect(actions).toEqual(['erasure.requested', 'erasure.finished']);
      return entries;
    });
    expect(JSON.stringify([audit, row])).not.toMatch(/customer\.example/i);
    const again = await erase({ address: CUSTOMER });
    expect((await finished(again.id)).erased).toMatchObject({ participants: 0, messages: 0 });
    // Aliases that were purged have left a trace by which staff find the order: bob's goes with him, the store's stay.
    world.mail.clock.ahead += 70 * 24 * 3_600_000;
    await oms.app.get(AliasPurge).purge();
    const traces = (await rows('ct_alias_trace')).length;
    await finished((await erase({ address: 'bob@customer.example' })).id);
    expect(await rows('ct_alias_trace')).toHaveLength(traces - 1);
    await finished((await erase({ store: 'default' })).id);
    expect(await rows('ct_alias_trace')).toEqual([]);
  });

  it('gets no mail that was taken before, from the queue or from the spool, and what that one wrote goes nowhere', async () => {
    const { customer, store } = await oms.begin();
    world.mail.inbox.answer = () => '450 4.2.0 later';
    await oms.write({ from: DESK, to: customer, text: 'In the queue' });
    await eventually(async () => expect(await rows('ct_delivery', `"state" = 'deferred'`)).toHaveLength(1));
    const workers = oms.app.get(MimeWorkers);
    const away = vi.spyOn(workers, 'run').mockRejectedValue(new Error('away'));
    await oms.write({ from: CARRIER, to: [customer, store], text: 'In the spool' });
    await oms.write({ from: CUSTOMER, to: store, text: 'From the erased' });
    await eventually(() => expect(away.mock.calls.length).toBeGreaterThanOrEqual(2));
    await reaches((await erase({ address: CUSTOMER })).id, 'sweeping');
    expect(await rows('ct_delivery', `"state" = 'deferred'`)).toEqual([]);
    away.mockRestore();
    world.mail.inbox.answer = () => undefined;
    expect((await world.arrived(DESK, 1)).raw).toContain('In the spool');
    // All in the spool is worked on, and then its file goes.
    world.mail.clock.ahead += 600_000;
    await eventually(async () => expect(await readdir(join(world.mail.directory, 'blobs', 'spool'))).toEqual(['lock']));
    expect(world.at(CUSTOMER)).toHaveLength(1);
    expect(await oms.host.messages('o-1')).toMatchObject([
      { erased: true },
      { erased: true },
      { disposition: 'relayed' },
    ]);
    // Who was erased and writes again is somebody new, whom nobody in the order can answer to.
    await oms.write({ from: CUSTOMER, to: store, text: 'Me again' });
    await oms.newest({ disposition: 'held', holdReason: 'erased-sender' });
  });

  it('is forgotten to the end though the process failed in the middle', async () => {
    const { store } = await oms.begin();
    await oms.write({ from: CUSTOMER, to: store, text: 'Hello' });
    await world.arrived(DESK, 1);
    const failing = vi.spyOn(oms.app.get(MessageErasure), 'erase').mockRejectedValueOnce(new Error('crash'));
    const told = vi.spyOn(Logger.prototype, 'error');
    const { id } = await erase({ address: CUSTOMER });
    // What was erased beside it is done by then, and prolongs the lease no more.
    await eventually(() => expect(told).toHaveBeenCalledWith(expect.stringContaining(id)));
    expect(failing).toHaveBeenCalled();
    expect((await report(id)).state).toBe('pending');
    world.mail.clock.ahead += 60_000;
    oms.app.get(ErasureWorker).wake();
    expect((await finished(id)).erased).toMatchObject({ participants: 1, messages: 2 });
  });
});

describe('an erasure', () => {
  it('of an order forgets all its people and what they wrote', async () => {
    await oms.begin();
    const { erased } = await finished((await erase({ orderId: 'o-1' })).id);
    expect(erased).toMatchObject({ orders: 1, participants: 2, messages: 1 });
    expect(await rows('ct_participant', `"addressIndex" <> ''`)).toEqual([]);
    expect(await maskedCustomer()).toBe(PLACEHOLDER);
    expect(await oms.host.messages('o-1')).toMatchObject([{ erased: true }]);
    // What was still tried then, and is given up later, goes too; what was told later is another matter.
    const give = async (at: number, orderId = 'o-1') => {
      const { manager } = oms.app.get(TrackerDatabase);
      const row = { storeId: 'default', orderId, attempts: 12, nextAttemptAt: 0, lastError: 'Error' };
      const id = newId(at);
      const event = { id, storeId: 'default', orderId, type: 'order.step', dedupeKey: id.repeat(2), payload: 'sealed' };
      await manager.insert(OutboxEvent, { ...event, occurredAt: at });
      await manager.insert(OutboxConsumption, { ...row, eventId: id, consumer: 'status-mail', state: 'parked' });
      return id;
    };
    const now = Date.now() + world.mail.clock.ahead;
    const [early, late, other] = [await give(now - 3_600_000), await give(now), await give(now - 3_600_000, 'o-7')];
    world.mail.clock.ahead += 3_600_000;
    await oms.app.get(StoreRetention).run('default');
    expect(await rows('ct_outbox_event', `"payload" = 'sealed' ORDER BY "id"`)).toMatchObject([
      { id: other },
      { id: late },
    ]);
    expect(await rows('ct_outbox_event', `"id" = '${early}'`)).toMatchObject([{ payload: null }]);
  });

  it('of a store makes all that it has stored unreadable at once, and goes on from there', async () => {
    await oms.begin();
    await oms.host.change({ currency: 'EUR' });
    const [before] = await rows('ct_store_key');
    const { id } = await erase({ store: 'default' });
    const [after, next] = (await rows('ct_store_key', '1 = 1 ORDER BY "number"')) as { wrapped: string | null }[];
    expect([before, after]).toMatchObject([{ wrapped: expect.any(String) }, { wrapped: null }]);
    expect(next.wrapped).not.toBeNull();
    expect((await finished(id)).erased).toMatchObject({ participants: 2, messages: 1, settings: 1 });
    expect(await maskedCustomer()).toBe(PLACEHOLDER);
    expect(await blobs()).toEqual([]);
    world.mail.place('o-3');
    expect(await maskedCustomer('o-3')).toMatch(/^[0-9a-f]{32}@/);
  });

  it('is refused where it names nothing, too much, an alias or another store, and shown to no other store', async () => {
    for (const body of [
      {},
      { address: 'x' },
      { address: CUSTOMER, orderId: 'o-1' },
      { orderId: '' },
      { store: 'other' },
    ]) {
      const { body: problem } = await oms.post('erasures', body).expect(422);
      expect(JSON.stringify(problem)).not.toContain('customer.example');
    }
    await oms.post('erasures', { address: `a1@ct.example.com` }).expect(422);
    await oms.post('erasures', { orderId: 'o-1' }).set('x-may-not', 'privacy.erase').expect(403);
    const { id } = await erase({ orderId: 'o-9' });
    await oms.get(`erasures/${id}`).set('x-store', 'other').expect(404);
  });
});
