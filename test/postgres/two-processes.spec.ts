import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DataSource, Not } from 'typeorm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Alias } from '../../libs/conversation-tracker/src/alias/alias.entity.js';
import { OutboxConsumption } from '../../libs/conversation-tracker/src/events/outbox-consumption.entity.js';
import { OutboxEvent } from '../../libs/conversation-tracker/src/events/outbox-event.entity.js';
import { Delivery } from '../../libs/conversation-tracker/src/mailer/delivery/delivery.entity.js';
import { conversationTrackerEntities } from '../../libs/conversation-tracker/src/schema.js';
import { Message } from '../../libs/conversation-tracker/src/timeline/message.entity.js';
import { TimelineEntry } from '../../libs/conversation-tracker/src/timeline/timeline-entry.entity.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { buildHost, HostProcess } from '../support/host-process.js';
import { type KillHostOrder } from '../support/kill-host.js';
import { newKeys } from '../support/mail-host.js';
import { SmtpInbox } from '../support/smtp-inbox.js';

const OWN = 40;
const SHARED = 10;
/** Longer than any lease. */
const LATER_MS = 120_000;
/** Longer than any alias lives. */
const EXPIRED_MS = 93 * 86_400_000;

let directory: string;
let rows: TestDatabase;
let inbox: SmtpInbox;
let database: DataSource;
let program: string;
let order: Pick<KillHostOrder, 'database' | 'directory' | 'smtpPort' | 'keys'>;
let running: HostProcess[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-two-'));
  rows = await createDatabase(directory);
  inbox = await SmtpInbox.start();
  database = await new DataSource({ ...rows.address, entities: conversationTrackerEntities }).initialize();
  program = await buildHost(directory);
  order = { database: rows.address, directory, smtpPort: inbox.port, keys: newKeys() };
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((host) => host.kill()));
  await inbox.stop();
  await database.destroy();
  await rows.drop();
  await rm(directory, { recursive: true });
});

async function start(run: number, more: Partial<KillHostOrder> = {}): Promise<HostProcess> {
  const host = await HostProcess.start(program, { ...order, run, ahead: 0, publishes: 0, ...more });
  running.push(host);
  return host;
}

const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 25_000, interval: 100 });
const mailsTo = (orderId: string) => inbox.mails.filter(({ to }) => to[0].startsWith(`${orderId}@`));
const count = (values: readonly unknown[]) => new Set(values).size;

/** The orders of those rows, one for each row. */
async function ordersOf(entity: typeof Message | typeof Delivery | typeof TimelineEntry, where: object = {}) {
  const found: { orderId: string }[] = await database.manager.find<{ orderId: string }>(entity, { where });
  return found.map(({ orderId }) => orderId);
}

it('two processes lose nothing and double nothing, through the end of one and then of the other; both purge, once', async () => {
  inbox.answer = () => setTimeout(20 + Math.random() * 40, undefined);
  // One after the other, since each runs the migrations.
  const first = await start(1, { publishes: OWN, shared: SHARED });
  const second = await start(2, { publishes: OWN, shared: SHARED });
  await vi.waitFor(() => expect(first.resolved.length).toBeGreaterThan(SHARED), { timeout: 15_000, interval: 5 });
  await setTimeout(Math.random() * 800);
  await first.kill();
  await vi.waitFor(() => expect(second.resolved).toHaveLength(OWN + SHARED), { timeout: 15_000, interval: 5 });
  await setTimeout(Math.random() * 400);
  await second.kill();
  const resolved = new Set([...first.resolved, ...second.resolved]);

  inbox.answer = () => undefined;
  const later = await Promise.all([3, 4].map((run) => start(run, { ahead: LATER_MS })));
  await eventually(async () => {
    expect([...resolved].filter((id) => mailsTo(id).length === 0)).toEqual([]);
    expect(await database.manager.countBy(Delivery, { state: Not('sent') })).toBe(0);
    expect(await database.manager.countBy(OutboxConsumption, { state: Not('done') })).toBe(0);
  });
  await Promise.all(later.map((host) => host.kill()));

  // One mail was under way in each of the two that were killed.
  expect(inbox.mails.length - count(inbox.mails.map(({ messageId }) => messageId))).toBeLessThanOrEqual(2);
  expect(count(inbox.mails.map(({ messageId }) => messageId))).toBe(count(inbox.mails.map(({ to }) => to[0])));
  for (const [entity, where] of [[Message], [Delivery], [TimelineEntry, { kind: 'status' }]] as const) {
    const found = await ordersOf(entity, where);
    expect(count(found), `a second ${entity.name} of an order`).toBe(found.length);
    expect(found).toEqual(expect.arrayContaining([...resolved]));
  }

  const aliases = await database.manager.find(Alias);
  expect(count(aliases.map(({ orderId }) => orderId))).toBeGreaterThanOrEqual(resolved.size);
  const purge = { everyMinutes: 1 / 600 };
  await Promise.all([5, 6].map((run) => start(run, { ahead: EXPIRED_MS, purge })));
  await eventually(async () => {
    expect(await database.manager.count(Alias)).toBe(0);
    expect(await database.manager.countBy(OutboxConsumption, { state: Not('done') })).toBe(0);
  });
  const entries = await database.manager.find(TimelineEntry, { where: { kind: 'alias' } });
  const told = entries.flatMap(({ detail }) => (JSON.parse(detail) as { aliasIds: string[] }).aliasIds);
  expect(told.toSorted()).toEqual(aliases.map(({ id }) => id).toSorted());
  expect(await database.manager.countBy(OutboxEvent, { type: 'alias.expired' })).toBe(entries.length);
}, 90_000);
