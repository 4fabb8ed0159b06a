import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Test, type TestingModule } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { systemClock } from '../kernel/clock.js';
import { KeyRing } from '../persistence/key-ring.js';
import { openTrackerDatabase } from '../persistence/open-database.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type TrackerEvent } from '../ports/event-map.js';
import { ConsumerRegistry } from './consumer-registry.js';
import { EventLog } from './event-log.js';
import { EventWorker } from './event-worker.js';
import { HostEventsConsumer } from './host-events.consumer.js';
import { OutboxConsumption } from './outbox-consumption.entity.js';
import { OutboxEvent } from './outbox-event.entity.js';

const entities = [OutboxEvent, OutboxConsumption];
const keySet = () => ({ current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });
const keys = new KeyRing({ encryption: keySet(), index: keySet(), alias: keySet() });
const heard: TrackerEvent[] = [];

class Listener {
  @OnEvent('conversation-tracker.alias.expired')
  hear(event: TrackerEvent): void {
    heard.push(event);
    if (heard.length === 1) throw new Error('cannot reach ana@shop.example');
  }
}

let directory: string;
let rows: TestDatabase;
let host: DataSource;
let database: TrackerDatabase;

beforeEach(async () => {
  heard.length = 0;
  directory = await mkdtemp(join(tmpdir(), 'ct-host-events-'));
  rows = await createDatabase(directory);
  host = await new DataSource({ ...rows.address, entities, synchronize: true }).initialize();
  database = await openTrackerDatabase(host, entities);
});

afterEach(async () => {
  await host.destroy();
  await rows.drop();
  await rm(directory, { recursive: true });
});

async function boot(imports: object[]): Promise<TestingModule> {
  const consumers = new ConsumerRegistry();
  const log = new EventLog(keys, consumers, systemClock);
  @Module({
    imports: imports as never[],
    providers: [
      Listener,
      HostEventsConsumer,
      { provide: ConsumerRegistry, useValue: consumers },
      { provide: TrackerDatabase, useValue: database },
      { provide: EventLog, useValue: log },
      { provide: EventWorker, useValue: new EventWorker(database, log, consumers, systemClock) },
    ],
  })
  class Host {}
  return (await Test.createTestingModule({ imports: [Host] }).compile()).init();
}

const say = (app: TestingModule, aliasId: string) =>
  database.transaction((manager) =>
    app.get(EventLog).append(manager, 'alias.expired', { storeId: 'shop', orderId: 'o-1' }, { aliasIds: [aliasId] }),
  );

it('a listener of the host hears of what happened, in order, also after one that failed', async () => {
  const app = await boot([EventEmitterModule.forRoot()]);
  for (const aliasId of ['a', 'b', 'c']) await say(app, aliasId);
  await vi.waitFor(() => expect(heard).toHaveLength(3), { timeout: 15_000 });
  expect(heard).toMatchObject(
    ['a', 'b', 'c'].map((aliasId) => ({ type: 'alias.expired', orderId: 'o-1', payload: { aliasIds: [aliasId] } })),
  );
  await vi.waitFor(async () => expect(await host.manager.countBy(OutboxConsumption, { state: 'done' })).toBe(3));
  await app.close();
});

it('a host without EventEmitterModule starts, and no event waits for it', async () => {
  const app = await boot([]);
  await say(app, 'a');
  expect(await host.manager.count(OutboxConsumption)).toBe(0);
  expect(await host.manager.count(OutboxEvent)).toBe(1);
  await app.close();
});
