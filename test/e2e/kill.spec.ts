import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DataSource, Not } from 'typeorm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Delivery } from '../../libs/conversation-tracker/src/mailer/delivery/delivery.entity.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { buildHost, HostProcess } from '../support/host-process.js';
import { newKeys } from '../support/mail-host.js';
import { SmtpInbox } from '../support/smtp-inbox.js';

const KILLS = 4;
/** Longer than any lease. */
const LATER_MS = 120_000;

let directory: string;
let rows: TestDatabase;
let inbox: SmtpInbox;
let host: HostProcess | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-kill-'));
  rows = await createDatabase(directory);
  inbox = await SmtpInbox.start();
});

afterEach(async () => {
  await host?.kill();
  await inbox.stop();
  await rows.drop();
  await rm(directory, { recursive: true });
});

it('what publish resolved with is mailed though the process is killed at any moment, with one repeated mail a kill at most', async () => {
  const program = await buildHost(directory);
  const order = { database: rows.address, directory, smtpPort: inbox.port, keys: newKeys() };
  const resolved: string[] = [];
  // A server that takes its time has a mail under way at most moments, and more of them waiting.
  inbox.answer = () => setTimeout(20 + Math.random() * 40, undefined);
  for (let run = 0; run < KILLS; run++) {
    const running = await HostProcess.start(program, { ...order, run, ahead: run * LATER_MS, publishes: 200 });
    host = running;
    await vi.waitFor(() => expect(running.resolved).not.toEqual([]), { timeout: 15_000, interval: 5 });
    await setTimeout(Math.random() * 800);
    await running.kill();
    resolved.push(...running.resolved);
  }

  inbox.answer = () => undefined;
  host = await HostProcess.start(program, { ...order, run: KILLS, ahead: KILLS * LATER_MS, publishes: 0 });
  const database = new DataSource({ ...rows.address, entities: [Delivery] });
  const { manager } = await database.initialize();
  const mailed = () => new Set(inbox.mails.map(({ to }) => to[0].split('@')[0]));
  await vi.waitFor(
    async () => {
      expect(resolved.filter((id) => !mailed().has(id))).toEqual([]);
      expect(await manager.countBy(Delivery, { state: Not('sent') })).toBe(0);
    },
    { timeout: 15_000 },
  );
  await host.kill();
  await database.destroy();

  expect(resolved.length).toBeGreaterThan(KILLS);
  const repeated = inbox.mails.length - new Set(inbox.mails.map(({ messageId }) => messageId)).size;
  expect(repeated).toBeLessThanOrEqual(KILLS);
  // A repeated mail has its first one's Message-ID: no order has two.
  expect(new Set(inbox.mails.map(({ messageId }) => messageId)).size).toBe(mailed().size);
}, 60_000);
