import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExecutionContext, Global, type INestApplication, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { ConsumerRegistry } from '../events/consumer-registry.js';
import { EventLog } from '../events/event-log.js';
import { OutboxConsumption } from '../events/outbox-consumption.entity.js';
import { OutboxEvent } from '../events/outbox-event.entity.js';
import { KeyRing } from '../persistence/key-ring.js';
import { openTrackerDatabase } from '../persistence/open-database.js';
import { StoreKeyRow } from '../persistence/store-key.entity.js';
import { StoreKeys } from '../persistence/store-keys.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { ACCESS_POLICY, type AccessPolicy } from '../ports/access-policy.js';
import { CLOCK, TRACKER_OPTIONS } from '../ports/tracker-options.js';
import { DmarcAlignment } from './dmarc-alignment.js';
import { SettingsModule } from './settings.module.js';
import { SettingsService } from './settings.service.js';
import { StoreSettings } from './store-settings.entity.js';

const entities = [OutboxEvent, OutboxConsumption, StoreSettings, StoreKeyRow];
const keySet = () => ({ current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });
const defaults = {
  maskType: 'complex',
  publicAddresses: [],
  locale: 'en',
  timeZone: 'UTC',
  currency: 'USD',
  mailSteps: [
    'payment-approved',
    'payment-denied',
    'handling-started',
    'invoiced',
    'shipped',
    'delivered',
    'canceled',
    'refunded',
  ],
  aliasLifetime: { kind: 'months', months: 2 },
  relay: 'verified',
  relayDomains: [],
  trustedSenders: [],
  bulkMail: 'hold',
  opaqueMail: 'hold',
  executableFiles: 'hold',
  attachmentTypes: [],
  attachmentMegabytes: 25,
  attachmentCount: 100,
  relayPerAliasPerDay: 500,
  relayPerStorePerDay: 50_000,
  retention: { bodies: 730, rawMessages: 90, attachments: 730, timeline: 1825, audit: 1825 },
};

/** Knows its caller by headers; a reader may not write. */
const policy: AccessPolicy = {
  authorize(action, context: ExecutionContext) {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
    const actor = headers['x-actor'];
    const allowed = actor !== undefined && (action === 'settings.read' || actor !== 'reader');
    return allowed ? { actor, storeId: headers['x-store'] ?? 'shop' } : undefined;
  },
};

let directory: string;
let rows: TestDatabase;
let host: DataSource;
let app: INestApplication;
let clock: { time: number; now: () => number };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-settings-'));
  rows = await createDatabase(directory);
  host = await new DataSource({ ...rows.address, entities, synchronize: true }).initialize();
  clock = { time: Date.parse('2026-05-01T00:00:00Z'), now: () => clock.time };
  const keys = new KeyRing({ encryption: keySet(), index: keySet(), alias: keySet() });
  const options = {
    trackerDomain: 'ct.example.com',
    formerTrackerDomains: [],
    defaultStoreId: 'shop',
    reveals: { perDay: 10, perMinute: 10 },
    dmarc: 'relaxed',
  };
  const providers = [
    { provide: TrackerDatabase, useFactory: () => openTrackerDatabase(host, entities) },
    { provide: KeyRing, useValue: keys },
    {
      provide: StoreKeys,
      useFactory: (database: TrackerDatabase) => new StoreKeys(database, keys, clock),
      inject: [TrackerDatabase],
    },
    { provide: EventLog, useFactory: () => new EventLog(keys, new ConsumerRegistry(), clock) },
    { provide: CLOCK, useValue: clock },
    { provide: TRACKER_OPTIONS, useValue: options },
    { provide: ACCESS_POLICY, useValue: policy },
  ];
  @Global()
  @Module({ providers, exports: providers.map(({ provide }) => provide) })
  class Surroundings {}
  const testing = await Test.createTestingModule({ imports: [Surroundings, SettingsModule] }).compile();
  app = await testing.createNestApplication({ logger: false }).init();
});

afterEach(async () => {
  await app.close();
  await host.destroy();
  await rows.drop();
  await rm(directory, { recursive: true });
});

const http = () => request(app.getHttpServer());
const path = '/conversation-tracker/settings';
const get = (store = 'shop') => http().get(path).set({ 'x-actor': 'owner', 'x-store': store });
const put = (body: object, actor = 'owner') => http().put(path).set({ 'x-actor': actor }).send(body);
const patch = (body: object, actor = 'owner') => http().patch(path).set({ 'x-actor': actor }).send(body);

async function eventsTold() {
  const log = new EventLog(app.get(KeyRing), new ConsumerRegistry(), clock);
  const rows = await host.manager.find(OutboxEvent, { order: { id: 'ASC' } });
  const events = await Promise.all(rows.map(({ id }) => log.read(host.manager, id)));
  return events.map((event) => ({ storeId: event?.storeId, type: event?.type, ...event?.payload }));
}

describe("a store's settings", () => {
  it('are the defaults while nobody configured the store', async () => {
    const { body } = await get().expect(200);
    expect(body).toEqual(defaults);
  });

  it('keep what was set when something else is changed', async () => {
    await patch({ senderName: 'The Shop', senderAddress: 'orders@shop.example' }).expect(200);
    const { body } = await patch({ maskType: 'simple' }).expect(200);
    const changed = {
      ...defaults,
      maskType: 'simple',
      senderName: 'The Shop',
      senderAddress: 'orders@shop.example',
    };
    expect(body).toEqual(changed);
    expect((await get()).body).toEqual(changed);
  });

  it('go back to the default by null, and by a PUT that leaves them out', async () => {
    await put({ maskType: 'simple', currency: 'EUR', senderName: 'The Shop' }).expect(200);
    expect((await patch({ currency: null })).body).toEqual({
      ...defaults,
      maskType: 'simple',
      senderName: 'The Shop',
    });
    expect((await put({ currency: 'BRL' })).body).toEqual({ ...defaults, currency: 'BRL' });
  });

  it('of one store are not those of another', async () => {
    await patch({ maskType: 'simple' }).expect(200);
    expect((await get('other')).body).toEqual(defaults);
  });

  it('are told with the fields and the actor, once for each change that changes something', async () => {
    await patch({ maskType: 'simple', currency: 'EUR' }, 'key-7').expect(200);
    await patch({ maskType: 'simple' }, 'key-8').expect(200);
    await put({ maskType: 'simple' }, 'key-9').expect(200);
    expect(await eventsTold()).toEqual([
      { storeId: 'shop', type: 'settings.changed', fields: ['currency', 'maskType'], actor: 'key-7' },
      { storeId: 'shop', type: 'settings.changed', fields: ['currency'], actor: 'key-9' },
    ]);
  });

  it('are refused with the field named, and stay as they were', async () => {
    const { body, type } = await patch({ timeZone: 'Mars/Olympus', maskType: 'simple' }).expect(422);
    expect(type).toBe('application/problem+json');
    expect(body).toMatchObject({
      type: 'urn:conversation-tracker:invalid-input',
      errors: [{ field: 'timeZone', message: expect.stringContaining('Europe/Madrid') }],
    });
    expect((await get()).body).toEqual(defaults);
    expect(await eventsTold()).toEqual([]);
  });

  it('are for those only whom the policy lets in', async () => {
    await http().get(path).expect(403);
    await patch({ maskType: 'simple' }, 'reader').expect(403);
    await put({ maskType: 'simple' }, 'reader').expect(403);
    expect((await get()).body).toEqual(defaults);
  });

  it('lie encrypted in the database', async () => {
    await patch({ senderAddress: 'orders@shop.example' }).expect(200);
    const [row] = await host.manager.find(StoreSettings);
    expect(row).toMatchObject({ storeId: 'shop', updatedBy: 'owner', updatedAt: clock.time });
    expect(row.sealed).toMatch(/^v1\.#1\./);
  });

  it('all arrive when two people change different ones at the same moment', async () => {
    const settings = app.get(SettingsService);
    await Promise.all([
      settings.change('shop', 'ana', { currency: 'EUR' }),
      settings.change('shop', 'bob', { locale: 'es' }),
      settings.get('shop'),
    ]);
    expect(await settings.get('shop')).toMatchObject({ currency: 'EUR', locale: 'es' });
  });

  it('R38 say that Complex is in force where DMARC does not let a Simple alias stand in From', async () => {
    expect((await patch({ maskType: 'simple' })).body).not.toHaveProperty('maskTypeInForce');
    app.get<{ dmarc: string }>(TRACKER_OPTIONS).dmarc = 'strict';
    expect((await get()).body).toMatchObject({ maskType: 'simple', maskTypeInForce: 'complex' });
    expect((await patch({ currency: 'EUR' })).body).toMatchObject({ maskType: 'simple', maskTypeInForce: 'complex' });
    expect((await patch({ maskType: 'complex' })).body).not.toHaveProperty('maskTypeInForce');
  });

  it("show another process's change a minute later at the latest", async () => {
    expect((await get()).body.currency).toBe('USD');
    const elsewhere = new SettingsService(
      app.get(TrackerDatabase),
      app.get(StoreKeys),
      app.get(EventLog),
      app.get(DmarcAlignment),
      clock,
      app.get(TRACKER_OPTIONS),
    );
    await elsewhere.change('shop', 'bob', { currency: 'EUR' });
    clock.time += 60_000;
    expect((await get()).body.currency).toBe('EUR');
  });

  it('are read again after the database was away', async () => {
    const table = 'ct_store_settings';
    await host.query(`ALTER TABLE ${table} RENAME TO away`);
    await get().expect(500);
    await host.query(`ALTER TABLE away RENAME TO ${table}`);
    await get().expect(200);
  });
});
