import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { DataSource, Not } from 'typeorm';
import { build } from 'vite';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Delivery } from '../../libs/conversation-tracker/src/mailer/delivery/delivery.entity.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { type KillHostOrder } from '../support/kill-host.js';
import { newKeys } from '../support/mail-host.js';
import { SmtpInbox } from '../support/smtp-inbox.js';

const KILLS = 4;
/** Longer than any lease. */
const LATER_MS = 120_000;

let directory: string;
let rows: TestDatabase;
let inbox: SmtpInbox;
let child: ChildProcessWithoutNullStreams | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-kill-'));
  rows = await createDatabase(directory);
  inbox = await SmtpInbox.start();
});

afterEach(async () => {
  child?.kill('SIGKILL');
  await inbox.stop();
  await rows.drop();
  await rm(directory, { recursive: true });
});

/** @returns where the program lies: one file that a plain Node runs. */
async function buildHost(): Promise<string> {
  const root = resolve(import.meta.dirname, '../..');
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  await build({
    configFile: join(root, 'vitest.config.ts'),
    root,
    logLevel: 'error',
    build: { ssr: join(root, 'test/support/kill-host.ts'), outDir: join(directory, 'program'), target: 'node20' },
  });
  return join(directory, 'program/kill-host.js');
}

/** Starts a host and notes each order whose `publish` resolved. */
async function startHost(program: string, order: KillHostOrder, resolved: string[]): Promise<void> {
  const host = spawn(process.execPath, [program, JSON.stringify(order)]);
  child = host;
  let said = '';
  host.stderr.on('data', (text: Buffer) => (said += text.toString()));
  await new Promise<void>((ready, failed) => {
    createInterface(host.stdout).on('line', (line) => (line === 'ready' ? ready() : resolved.push(line)));
    host.once('exit', () => failed(new Error(`the host did not start: ${said}`)));
  });
}

async function kill(): Promise<void> {
  const ended = once(child!, 'close');
  child!.kill('SIGKILL');
  await ended;
}

it('what publish resolved with is mailed though the process is killed at any moment, with one repeated mail a kill at most', async () => {
  const program = await buildHost();
  const order = { database: rows.address, directory, smtpPort: inbox.port, keys: newKeys() };
  const resolved: string[] = [];
  // A server that takes its time has a mail under way at most moments, and more of them waiting.
  inbox.answer = () => setTimeout(20 + Math.random() * 40, undefined);
  for (let run = 0; run < KILLS; run++) {
    const before = resolved.length;
    await startHost(program, { ...order, run, ahead: run * LATER_MS, publishes: 200 }, resolved);
    await vi.waitFor(() => expect(resolved.length).toBeGreaterThan(before), { timeout: 15_000, interval: 5 });
    await setTimeout(Math.random() * 800);
    await kill();
  }

  inbox.answer = () => undefined;
  await startHost(program, { ...order, run: KILLS, ahead: KILLS * LATER_MS, publishes: 0 }, resolved);
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
  await kill();
  await database.destroy();

  expect(resolved.length).toBeGreaterThan(KILLS);
  const repeated = inbox.mails.length - new Set(inbox.mails.map(({ messageId }) => messageId)).size;
  expect(repeated).toBeLessThanOrEqual(KILLS);
  // A repeated mail has its first one's Message-ID: no order has two.
  expect(new Set(inbox.mails.map(({ messageId }) => messageId)).size).toBe(mailed().size);
}, 60_000);
