import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import { ConversationTracker, type OrderEvent } from 'nestjs-conversation-tracker';
import { type DataSource } from 'typeorm';
import { mailHost, type MailHostConfig } from './mail-host.js';

/** What the test tells a host process, as JSON in its first argument. */
export interface KillHostOrder extends Pick<MailHostConfig, 'database' | 'directory' | 'smtpPort' | 'keys'> {
  /** Names the orders of this process. */
  run: number;
  /** How far its clock is ahead, in milliseconds, so that the leases of a killed one have ended. */
  ahead: number;
  /** How many orders it publishes; with none it only finishes what others left. */
  publishes: number;
}

const { run, ahead, publishes, ...config } = JSON.parse(process.argv[2]) as KillHostOrder;
const say = (line: string) => process.stdout.write(`${line}\n`);

const order = (orderId: string) => ({ orderId, customer: { email: `${orderId}@customer.example`, name: 'Ana' } });
const orders = { findOrder: ({ orderId }: { orderId: string }) => Promise.resolve(order(orderId)) };
const clock = { now: () => Date.now() + ahead };
const app = await NestFactory.createApplicationContext(mailHost({ ...config, clock, orders }), { logger: false });
const tracker = app.get(ConversationTracker);
const dataSource = app.get<DataSource>(getDataSourceToken());
say('ready');

for (let n = 0; n < publishes; n++) {
  const event: OrderEvent = { step: 'payment-approved', orderId: `order-${run}-${n}` };
  // Both ways to say it: by itself, and in a transaction of the host's.
  if (n % 2 === 0) await tracker.publish(event);
  else await dataSource.transaction((manager) => tracker.publish(event, manager));
  say(event.orderId);
}
