import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, type EntityManager, IsNull, Not } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { KeyRing } from '../persistence/key-ring.js';
import { openTrackerDatabase } from '../persistence/open-database.js';
import { type TrackerDatabase } from '../persistence/tracker-database.js';
import { type TrackerEvent } from '../ports/event-map.js';
import { ConsumerRegistry } from './consumer-registry.js';
import { EventLog } from './event-log.js';
import { EventWorker } from './event-worker.js';
import { OutboxConsumption } from './outbox-consumption.entity.js';
import { OutboxEvent } from './outbox-event.entity.js';

const entities = [OutboxEvent, OutboxConsumption];
const keySet = () => ({ current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });
const keys = new KeyRing({ encryption: keySet(), index: keySet(), alias: keySet() });
const step = (occurrence: string) => ({ step: 'shipped' as const, occurrence, data: { note: 'ana@shop.example' } });

/** Waits for what another loop does; long enough for a busy machine. */
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 15_000 });

let directory: string;
let rows: TestDatabase;
let host: DataSource;
let database: TrackerDatabase;
let clock: { time: number; now: () => number };
let started: EventWorker[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-events-'));
  rows = await createDatabase(directory);
  host = await new DataSource({ ...rows.address, entities, synchronize: true }).initialize();
  database = await openTrackerDatabase(host, entities);
  clock = { time: Date.parse('2026-05-01T00:00:00Z'), now: () => clock.time };
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((worker) => worker.beforeApplicationShutdown()));
  await database.onApplicationShutdown();
  await host.destroy();
  await rows.drop();
  await rm(directory, { recursive: true });
});

/** A process's side of the bus, with one consumer that records what it wrote. */
function process(prepare: (event: TrackerEvent<'order.step'>) => Promise<void> = async () => {}) {
  const seen: string[] = [];
  const consumers = new ConsumerRegistry();
  consumers.register({
    name: 'recorder',
    types: ['order.step'],
    prepare: async (event: TrackerEvent<'order.step'>) => {
      await prepare(event);
      return async () => void seen.push(event.payload.occurrence);
    },
  });
  const log = new EventLog(keys, consumers, clock);
  const worker = new EventWorker(database, log, consumers, clock);
  started.push(worker);
  const say = (occurrence: string, orderId = 'o-1') =>
    database.transaction((manager) =>
      log.append(manager, 'order.step', { storeId: 'shop', orderId }, step(occurrence), `shipped:${occurrence}`),
    );
  return { seen, log, consumers, worker, say };
}

/** What a consumer might write. */
function consumptionOf(eventId: string): OutboxConsumption {
  const lease = { attempts: 0, nextAttemptAt: 0, lastError: null };
  return { eventId, consumer: 'elsewhere', storeId: 'shop', orderId: 'o-1', state: 'done', ...lease };
}

describe('the durable bus', () => {
  it('hands the events of an order to a consumer once each and in their order', async () => {
    const { seen, worker, say } = process();
    for (const occurrence of ['a', 'b', 'b', 'c']) await say(occurrence);
    worker.onApplicationBootstrap();
    await until(() => expect(seen).toEqual(['a', 'b', 'c']));
  });

  it('keeps the payload encrypted, and erases it once it was consumed', async () => {
    const { worker, say } = process();
    await say('a');
    const [before] = await host.manager.find(OutboxEvent);
    expect(before?.payload).toMatch(/^v1\.k1\./);
    worker.onApplicationBootstrap();
    await until(async () => expect((await host.manager.find(OutboxEvent))[0]?.payload).toBeNull());
  });

  it('erases it also when several consumers end at one moment', async () => {
    const { consumers, worker, say } = process();
    for (const name of ['second', 'third']) {
      consumers.register({ name, types: ['order.step'], prepare: async () => async () => {} });
    }
    for (let index = 0; index < 20; index++) await say('a', `o-${index}`);
    worker.onApplicationBootstrap();
    await until(async () => expect(await host.manager.countBy(OutboxConsumption, { state: 'done' })).toBe(60));
    const events = await host.manager.find(OutboxEvent);
    expect(events.filter(({ payload }) => payload !== null)).toEqual([]);
  });

  it("writes an event in the host's own transaction, or not at all", async () => {
    const { seen, log, worker } = process();
    worker.onApplicationBootstrap();
    const origin = { storeId: 'shop', orderId: 'o-1' };
    const undone = host.transaction(async (manager) => {
      await log.append(manager, 'order.step', origin, step('undone'), 'undone');
      throw new Error('the host rolls back');
    });
    await expect(undone).rejects.toThrow('the host rolls back');
    await host.transaction((manager) => log.append(manager, 'order.step', origin, step('kept'), 'kept'));
    await until(() => expect(seen).toEqual(['kept']));
  });

  it('has what can be written at once written with the event or not at all, in one go, and keeps no payload for it', async () => {
    const { consumers, log, worker } = process();
    const written: string[][] = [];
    consumers.register({
      name: 'at-once',
      types: ['mail.sent'],
      atOnce: {
        types: ['mail.sent'],
        write: async (manager: EntityManager, events: readonly TrackerEvent[]) => {
          await manager.insert(
            OutboxConsumption,
            events.map(({ id }) => consumptionOf(id)),
          );
          written.push(events.map(({ orderId }) => orderId!));
        },
      },
      prepare: () => Promise.reject(new Error('nothing is consumed later')),
    });
    const sent = (orderId: string) => ({
      origin: { storeId: 'shop', orderId },
      payload: { messageId: 'm-1', deliveryId: 'd-1', aliasId: 'a-1' },
    });
    const undone = database.transaction(async (manager) => {
      await log.appendAll(manager, 'mail.sent', [sent('o-1')]);
      throw new Error('rolled back');
    });
    await expect(undone).rejects.toThrow('rolled back');
    expect(await host.manager.count(OutboxConsumption)).toBe(0);
    await database.transaction((manager) => log.appendAll(manager, 'mail.sent', [sent('o-1'), sent('o-2')]));
    worker.onApplicationBootstrap();
    expect(written.at(-1)).toEqual(['o-1', 'o-2']);
    const events = await host.manager.find(OutboxEvent);
    expect(events.map(({ type, payload }) => [type, payload])).toEqual([
      ['mail.sent', null],
      ['mail.sent', null],
    ]);
    const rows = await host.manager.find(OutboxConsumption);
    expect(rows.map(({ eventId }) => eventId).toSorted()).toEqual(events.map(({ id }) => id).toSorted());
  });

  it('tries a failed event again, and holds the later ones of that order back, not those of other orders', async () => {
    let failures = 2;
    const { seen, worker, say } = process(async ({ payload }) => {
      if (payload.occurrence === 'a' && failures-- > 0) throw new Error('cannot reach ana@shop.example');
    });
    await say('a');
    await say('b');
    await say('other', 'o-2');
    worker.onApplicationBootstrap();
    await until(() => expect(seen).toEqual(['other']));
    const [row] = await host.manager.findBy(OutboxConsumption, { state: 'pending', attempts: 1 });
    expect(row?.lastError).toBe('Error');
    await until(() => {
      clock.time += 5_000;
      worker.wake();
      expect(seen).toEqual(['other', 'a', 'b']);
    });
  });

  it('finishes what is done at one moment together, and without the one whose effect fails', async () => {
    const { consumers, worker, say } = process();
    const written: string[] = [];
    consumers.register({
      name: 'writer',
      types: ['order.step'],
      prepare: async ({ payload: { occurrence } }: TrackerEvent<'order.step'>) => {
        return async (manager: EntityManager) => {
          if (occurrence === 'b') throw new TypeError('cannot be written');
          database.onCommit(manager, () => void written.push(occurrence));
        };
      },
    });
    for (const occurrence of ['a', 'b', 'c']) await say(occurrence, `o-${occurrence}`);
    worker.onApplicationBootstrap();
    await until(() => expect(written.toSorted()).toEqual(['a', 'c']));
    await until(async () => expect(await host.manager.countBy(OutboxConsumption, { state: 'done' })).toBe(5));
    const [row, ...others] = await host.manager.findBy(OutboxConsumption, { state: 'pending' });
    expect(others).toEqual([]);
    expect(row).toMatchObject({ consumer: 'writer', lastError: 'TypeError', attempts: 1 });
    const kept = await host.manager.find(OutboxEvent, { where: { payload: Not(IsNull()) } });
    expect(kept.map(({ id }) => id)).toEqual([row.eventId]);
    expect(written).toHaveLength(2);
  });

  it('holds up no other order, however many events wait behind a failed one or for a consumer that is not there', async () => {
    const { seen, log, worker, say } = process(async ({ payload }) => {
      if (payload.occurrence === 'first') throw new Error('not yet');
    });
    const absent = new ConsumerRegistry();
    absent.register({ name: 'absent', types: ['order.step'], prepare: async () => async () => {} });
    const elsewhere = new EventLog(keys, absent, clock);
    await say('first');
    for (let index = 0; index < 40; index++) {
      await say(`behind-${index}`);
      const origin = { storeId: 'shop', orderId: `absent-${index}` };
      await database.transaction((manager) => elsewhere.append(manager, 'order.step', origin, step('absent')));
    }
    worker.onApplicationBootstrap();
    await until(async () => expect(await host.manager.countBy(OutboxConsumption, { attempts: 1 })).toBe(1));
    const origin = { storeId: 'shop', orderId: 'o-2' };
    await database.transaction((manager) => log.append(manager, 'order.step', origin, step('other')));
    worker.wake();
    await until(() => expect(seen).toEqual(['other']));
  });

  it('gives each event to one of two workers only', async () => {
    const one = process();
    const two = process();
    for (let index = 0; index < 40; index++) await one.say(String(index), `o-${index}`);
    one.worker.onApplicationBootstrap();
    two.worker.onApplicationBootstrap();
    await until(() => expect(one.seen.length + two.seen.length).toBeGreaterThanOrEqual(40));
    expect(new Set([...one.seen, ...two.seen]).size).toBe(40);
    expect(one.seen.length + two.seen.length).toBe(40);
  });

  it('parks an event that keeps failing, with its payload, and goes on with the next', async () => {
    const { seen, worker, say } = process(async ({ payload }) => {
      if (payload.occurrence === 'a') throw new TypeError('never works');
    });
    await say('a');
    await say('b');
    worker.onApplicationBootstrap();
    await until(() => {
      clock.time += 3_600_000;
      worker.wake();
      expect(seen).toEqual(['b']);
    });
    const [parked] = await host.manager.findBy(OutboxConsumption, { state: 'parked' });
    expect(parked).toMatchObject({ attempts: 12, lastError: 'TypeError' });
    expect(await host.manager.findOneBy(OutboxEvent, { id: parked.eventId })).toMatchObject({
      payload: expect.stringContaining('v1.'),
    });
  });
});
