import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ConversationTracker, OrderMaskingService } from 'nestjs-conversation-tracker';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type DatabaseAddress, createDatabase, type TestDatabase } from '../support/database.js';
import { mailHost, newKeys } from '../support/mail-host.js';
import { SmtpInbox } from '../support/smtp-inbox.js';

const ids = Array.from({ length: 12 }, (_, n) => `o-${n}`);
const order = (orderId: string) => ({ orderId, customer: { email: `${orderId}@customer.example` } });

let directory: string;
let rows: TestDatabase;
let inbox: SmtpInbox;
let app: INestApplication;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-pool-'));
  rows = await createDatabase(directory);
  inbox = await SmtpInbox.start();
  const address = rows.address as Extract<DatabaseAddress, { type: 'postgres' }>;
  const database = { ...address, extra: { ...address.extra, max: 1 } };
  const orders = { findOrder: ({ orderId }: { orderId: string }) => Promise.resolve(order(orderId)) };
  const host = mailHost({ database, directory, smtpPort: inbox.port, keys: newKeys(), orders });
  const testing = await Test.createTestingModule({ imports: [host] }).compile();
  app = await testing.createNestApplication({ logger: false }).init();
});

afterEach(async () => {
  await app.close();
  await inbox.stop();
  await rows.drop();
  await rm(directory, { recursive: true });
});

it('a host whose pool has one connection publishes, masks and mails: no transaction waits for a second one', async () => {
  const tracker = app.get(ConversationTracker);
  const masking = app.get(OrderMaskingService);
  const host = app.get(DataSource);
  await Promise.all(
    ids.flatMap((orderId, n) => [
      n % 2 === 0
        ? tracker.publish({ step: 'shipped', orderId })
        : host.transaction((manager) => tracker.publish({ step: 'shipped', orderId }, manager)),
      masking.mask(order(orderId)),
    ]),
  );
  await vi.waitFor(() => expect(inbox.mails).toHaveLength(ids.length), { timeout: 15_000 });
});
