import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../../../test/support/database.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { openTrackerDatabase } from '../../persistence/open-database.js';
import { type TrackerDatabase } from '../../persistence/tracker-database.js';
import { AutoReplies } from './auto-replies.js';
import { AutoReply } from './auto-reply.entity.js';

const keySet = () => ({ current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });
const replies = new AutoReplies(new KeyRing({ encryption: keySet(), index: keySet(), alias: keySet() }));
const DAY_MS = 86_400_000;
const start = Date.parse('2026-05-01T00:00:00Z');
const absence = { storeId: 'shop', writer: 'ana@customer.example', reader: 'desk@shop.example' };

let directory: string;
let rows: TestDatabase;
let host: DataSource;
let database: TrackerDatabase;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-replies-'));
  rows = await createDatabase(directory);
  host = await new DataSource({ ...rows.address, entities: [AutoReply], synchronize: true }).initialize();
  database = await openTrackerDatabase(host, [AutoReply]);
});

afterEach(async () => {
  await database.onApplicationShutdown();
  await host.destroy();
  await rows.drop();
  await rm(directory, { recursive: true });
});

const mayRelay = (messageId: string, now: number, change: Partial<typeof absence> = {}) =>
  database.transaction((manager) => replies.mayRelay(manager, { ...absence, ...change, messageId }, now));

describe('an out-of-office message', () => {
  it('R23 is relayed to somebody once in four days', async () => {
    expect(await mayRelay('m-1', start)).toBe(true);
    expect(await mayRelay('m-2', start + 1)).toBe(false);
    expect(await mayRelay('m-3', start + 4 * DAY_MS - 1)).toBe(false);
    expect(await mayRelay('m-4', start + 4 * DAY_MS)).toBe(true);
    expect(await mayRelay('m-5', start + 8 * DAY_MS - 1)).toBe(false);
  });

  it('R23 counts for the two people alone, in that direction and store', async () => {
    expect(await mayRelay('m-1', start)).toBe(true);
    expect(await mayRelay('m-2', start, { writer: 'Ana@Customer.EXAMPLE' })).toBe(false);
    expect(await mayRelay('m-2', start, { reader: 'depot@shop.example' })).toBe(true);
    expect(await mayRelay('m-2', start, { writer: absence.reader, reader: absence.writer })).toBe(true);
    expect(await mayRelay('m-2', start, { storeId: 'other' })).toBe(true);
  });

  it('R11 R23 goes on once more when the process died before it was queued', async () => {
    expect(await mayRelay('m-1', start)).toBe(true);
    expect(await mayRelay('m-1', start + 60_000)).toBe(true);
    expect(await mayRelay('m-2', start + 60_000)).toBe(false);
  });

  it('R23 is relayed once when two come at one moment', async () => {
    const answers = await Promise.all(['m-1', 'm-2', 'm-3'].map((id) => mayRelay(id, start)));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('R23 R45 leaves a row that names nobody, for no longer than it is needed', async () => {
    await mayRelay('m-1', start);
    expect(JSON.stringify(await host.manager.find(AutoReply))).not.toMatch(/ana|desk|example/);
    await mayRelay('m-2', start + 4 * DAY_MS, { reader: 'depot@shop.example' });
    expect(await host.manager.count(AutoReply)).toBe(1);
  });
});
