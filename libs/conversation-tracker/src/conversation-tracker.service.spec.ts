import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../test/support/database.js';
import { ConversationTracker } from './conversation-tracker.service.js';
import { ConsumerRegistry } from './events/consumer-registry.js';
import { EventLog } from './events/event-log.js';
import { EventWorker } from './events/event-worker.js';
import { OutboxConsumption } from './events/outbox-consumption.entity.js';
import { OutboxEvent } from './events/outbox-event.entity.js';
import { systemClock } from './kernel/clock.js';
import { KeyRing } from './persistence/key-ring.js';
import { openTrackerDatabase } from './persistence/open-database.js';
import { type TrackerDatabase } from './persistence/tracker-database.js';
import { type TrackerEvent } from './ports/event-map.js';
import { type OrderEvent } from './ports/order-events.js';

const entities = [OutboxEvent, OutboxConsumption];
const keySet = () => ({ current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });
const keys = new KeyRing({ encryption: keySet(), index: keySet(), alias: keySet() });
const options = {
  trackerDomain: 'ct.example.com',
  formerTrackerDomains: [],
  defaultStoreId: 'default',
  orderIdProperty: 'orderId',
  purge: { everyMs: 1 },
  reveals: { perDay: 100, perMinute: 100 },
  aliasCache: { orders: 1, ttlMs: 1 },
  mail: { url: 'smtp://127.0.0.1:9' },
  dataDirectory: '/nowhere',
};
const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 10_000 });

let directory: string;
let rows: TestDatabase;
let host: DataSource;
let database: TrackerDatabase;
let worker: EventWorker;
let tracker: ConversationTracker;
let seen: TrackerEvent<'order.step'>[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-publish-'));
  rows = await createDatabase(directory);
  host = await new DataSource({ ...rows.address, entities, synchronize: true }).initialize();
  database = await openTrackerDatabase(host, entities);
  seen = [];
  const consumers = new ConsumerRegistry();
  consumers.register<'order.step'>({
    name: 'recorder',
    types: ['order.step'],
    prepare: async (event) => async () => void seen.push(event),
  });
  const log = new EventLog(keys, consumers, systemClock);
  worker = new EventWorker(database, log, consumers, systemClock);
  tracker = new ConversationTracker(database, log, worker, options);
  worker.onApplicationBootstrap();
});

afterEach(async () => {
  await worker.beforeApplicationShutdown();
  await database.onApplicationShutdown();
  await host.destroy();
  await rows.drop();
  await rm(directory, { recursive: true });
});

describe('what a host publishes', () => {
  it('reaches the consumers once, however often it is said', async () => {
    await tracker.publish({ step: 'shipped', orderId: 'o-1', occurrence: 'parcel-1' });
    await tracker.publish({ step: 'shipped', orderId: 'o-1', occurrence: 'parcel-1', data: { said: 'again' } });
    await tracker.publish({ step: 'shipped', orderId: 'o-1', occurrence: 'parcel-2', storeId: 'shop' });
    await eventually(() => expect(seen).toHaveLength(2));
    expect(seen.map(({ storeId, orderId, payload }) => ({ storeId, orderId, payload }))).toEqual([
      { storeId: 'default', orderId: 'o-1', payload: { step: 'shipped', occurrence: 'parcel-1', data: {} } },
      { storeId: 'shop', orderId: 'o-1', payload: { step: 'shipped', occurrence: 'parcel-2', data: {} } },
    ]);
  });

  it("is part of the host's transaction, after its commit or not at all", async () => {
    const undone = host.transaction(async (manager) => {
      await tracker.publish({ step: 'delivered', orderId: 'undone' }, manager);
      throw new Error('the host rolls back');
    });
    await expect(undone).rejects.toThrow('the host rolls back');
    await host.transaction((manager) => tracker.publish({ step: 'delivered', orderId: 'kept' }, manager));
    await tracker.publish({ step: 'delivered', orderId: 'no transaction' }, host.manager);
    await eventually(() =>
      expect(new Set(seen.map(({ orderId }) => orderId))).toEqual(new Set(['kept', 'no transaction'])),
    );
  });

  it.each<[string, object]>([
    ['step', { step: 'exploded' }],
    ['orderId', { orderId: '' }],
    ['orderId', { orderId: 'o'.repeat(129) }],
    ['orderId', { orderId: 12 }],
    ['orderId', { orderId: 'o-1\r\nBcc: x' }],
    ['storeId', { storeId: ' shop' }],
    ['occurrence', { occurrence: 'x'.repeat(256) }],
    ['data', { data: 'text' }],
    ['data', { data: [1] }],
    ['data', { data: { amount: 1n } }],
    ['data', { data: { text: 'x'.repeat(20_000) } }],
  ])('is refused with the name of the field when its %s is wrong: %o', async (field, wrong) => {
    const event = { step: 'shipped', orderId: 'o-1', ...wrong } as OrderEvent;
    const error = { code: 'invalid-input', errors: [expect.objectContaining({ field })] };
    await expect(tracker.publish(event)).rejects.toMatchObject(error);
  });
});
