import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import { ConversationTracker, type OrderEvent } from 'nestjs-conversation-tracker';
import { type DataSource } from 'typeorm';
import { mailHost, type MailHostConfig } from './mail-host.js';

/** What the test tells a host process, as JSON in its first argument. */
export interface KillHostOrder extends Pick<MailHostConfig, 'database' | 'directory' | 'smtpPort' | 'keys' | 'purge'> {
  /** Names the orders of this process. */
  run: number;
  /** How far its clock is ahead, in milliseconds, so that the leases of a killed one have ended. */
  ahead: number;
  /** How many orders it publishes; with none it only finishes what others left. */
  publishes: number;
  /** How many orders every process publishes, among its own. */
  shared?: number;
}

const { run, ahead, publishes, shared = 0, ...config } = JSON.parse(process.argv[2]) as KillHostOrder;
const say = (line: string) => process.stdout.write(`${line}\n`);

const order = (orderId: string) => ({ orderId, customer: { email: `${orderId}@customer.example`, name: 'Ana' } });
const orders = { findOrder: ({ orderId }: { orderId: string }) => Promise.resolve(order(orderId)) };
const clock = { now: () => Date.now() + ahead };
const app = await NestFactory.createApplicationContext(mailHost({ ...config, clock, orders }), { logger: false });
const tracker = app.get(ConversationTracker);
const dataSource = app.get<DataSource>(getDataSourceToken());
say('ready');

const own = Array.from({ length: publishes }, (_, n) => `order-${run}-${n}`);
const orderIds = own.flatMap((id, n) => (n < shared ? [id, `shared-${n}`] : [id]));
for (const [n, orderId] of orderIds.entries()) {
  const event: OrderEvent = { step: 'payment-approved', orderId };
  // Both ways to say it: by itself, and in a transaction of the host's.
  if (n % 2 === 0) await tracker.publish(event);
  else await dataSource.transaction((manager) => tracker.publish(event, manager));
  say(event.orderId);
}
