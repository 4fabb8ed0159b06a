/** A host in a process of its own, which a soak may kill. Says `{ port, aliases }` once it takes mail. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AliasService } from '../../libs/conversation-tracker/src/alias/alias.service.js';
import { InboundMail } from '../../libs/conversation-tracker/src/index.js';
import { SmtpTransport } from '../../libs/conversation-tracker/src/mailer/transport/smtp-transport.js';
import { parseSmtpUrl } from '../../libs/conversation-tracker/src/mailer/transport/smtp-url.js';
import { trackerModule, trackerTables } from '../tracker.js';
import { customerOf, ORDERS, orderIdOf, STORE, type SoakHostConfig, SOAK_ZONE } from './soak-world.js';

const { database, dataDirectory, spoolDirectory, smtpPort, answerMs, ahead } = JSON.parse(
  process.argv[2],
) as SoakHostConfig;

const nextServer = `smtp://127.0.0.1:${smtpPort}`;
const impatient = { connection: 5_000, greeting: 5_000, socket: answerMs ?? 0, message: 60_000 };

/** Whoever connects from this machine may write for the customers: SPF proves them, as DMARC asks. */
const dns = {
  resolve: async (name: string, type: string) => {
    const text = type === 'TXT' ? SOAK_ZONE[name] : undefined;
    if (text === undefined) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
    return [[text]];
  },
};

const orders = new Map(
  ORDERS.map((n) => [orderIdOf(n), { orderId: orderIdOf(n), customer: { email: customerOf(n) } }]),
);

@Module({
  imports: [
    TypeOrmModule.forRoot({ ...database, ...trackerTables }),
    ScheduleModule.forRoot(),
    trackerModule({
      dataDirectory,
      clock: { now: () => Date.now() + ahead },
      mail: answerMs === undefined ? { url: nextServer } : new SmtpTransport(parseSmtpUrl(nextServer), impatient),
      storeDefaults: () => ({ senderAddress: STORE, relayPerAliasPerDay: 1e9, relayPerStorePerDay: 1e9 }),
      orderSource: {
        useValue: { findOrder: ({ orderId }: { orderId: string }) => Promise.resolve(orders.get(orderId)) },
      },
      inbound: {
        operatorAddress: 'ops@operator.example',
        port: 0,
        dns,
        spoolDirectory,
        limits: {
          connectionsPerMinute: 1e6,
          messagesPerMinute: 1e6,
          messagesPerAliasPerHour: 1e6,
          messagesPerStorePerHour: 1e6,
        },
      },
    }),
  ],
})
class SoakHost {}

const app = await NestFactory.create(SoakHost, { logger: ['error', 'fatal'] });
await app.init();
const service = app.get(AliasService, { strict: false });
const aliases: string[] = [];
for (const n of ORDERS) {
  const order = { storeId: 'default', orderId: orderIdOf(n) };
  const people = [
    { address: customerOf(n), role: 'customer', deliverable: true },
    { address: STORE, role: 'store', deliverable: true },
  ];
  aliases.push((await service.ensureLive(order, people)).get(STORE)!.alias);
}
process.once('disconnect', () => process.exit());
process.once('SIGTERM', () => void app.close().then(() => process.exit()));
process.send?.({ port: app.get(InboundMail).port, aliases });
