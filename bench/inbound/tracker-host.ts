/** A host that takes mail, in a process of its own; see {@link TrackerSaid} and {@link TrackerQuestion}. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AliasService } from '../../libs/conversation-tracker/src/alias/alias.service.js';
import { InboundMail } from '../../libs/conversation-tracker/src/index.js';
import { type InboundFront } from '../../libs/conversation-tracker/src/mailer/inbound/inbound-front.js';
import { InboundMailServer } from '../../libs/conversation-tracker/src/mailer/relay/inbound-mail.js';
import { InboundPipeline } from '../../libs/conversation-tracker/src/mailer/relay/inbound-pipeline.js';
import { IncomingRecorder } from '../../libs/conversation-tracker/src/mailer/relay/incoming-recorder.js';
import { trackerModule, trackerTables } from '../tracker.js';
import { type TrackerMemory, type TrackerQuestion, type TrackerSaid, type TrackerSetup } from './tracker-setup.js';
import { liftAuthentication, liftEncryption, liftGate } from './without-guards.js';
import { customerOf, noLimits, orderIdOf, SENDERS, STORE, zone } from './world.js';

const { address, directory, sinkPort, isGuarded, isFrontAlone } = JSON.parse(process.argv[2]) as TrackerSetup;
const senders = Array.from({ length: SENDERS }, (_, n) => n);
const orders = new Map(
  senders.map((n) => [orderIdOf(n), { orderId: orderIdOf(n), customer: { email: customerOf(n) } }]),
);

@Module({
  imports: [
    TypeOrmModule.forRoot({ ...address, ...trackerTables }),
    ScheduleModule.forRoot(),
    trackerModule({
      dataDirectory: directory,
      mail: { url: `smtp://127.0.0.1:${sinkPort}` },
      storeDefaults: () => ({ senderAddress: STORE, relayPerAliasPerDay: 1e9, relayPerStorePerDay: 1e9 }),
      orderSource: {
        useValue: { findOrder: ({ orderId }: { orderId: string }) => Promise.resolve(orders.get(orderId)) },
      },
      inbound: { operatorAddress: 'ops@operator.example', port: 0, dns: zone, limits: noLimits },
    }),
  ],
})
class TrackerHost {}

if (!isGuarded) {
  liftAuthentication();
  liftEncryption();
}
if (isFrontAlone) InboundPipeline.prototype.start = () => undefined;
const app = await NestFactory.create(TrackerHost, { logger: ['error', 'fatal'], abortOnError: false });
if (!isGuarded) liftGate(app);

let logged = 0;
let tell: () => void = () => undefined;
const recorder = app.get(IncomingRecorder, { strict: false });
const record = recorder.record.bind(recorder);
recorder.record = async (...message) => {
  await record(...message);
  logged += 1;
  tell();
};

await app.init();
const service = app.get(AliasService, { strict: false });
const aliases: string[] = [];
for (const n of senders) {
  const people = [
    { address: customerOf(n), role: 'customer', deliverable: true },
    { address: STORE, role: 'store', deliverable: true },
  ];
  const live = await service.ensureLive({ storeId: 'default', orderId: orderIdOf(n) }, people);
  aliases.push(live.get(STORE)!.alias);
}

const { spool } = app.get(InboundMailServer, { strict: false }).way as InboundFront;
const loggedMore = (more: number) =>
  new Promise<'done'>((done) => {
    const goal = logged + more;
    tell = () => (logged >= goal ? done('done') : undefined);
  });
const answer = async (question: TrackerQuestion): Promise<TrackerMemory | 'done'> => {
  if (question === 'memory') {
    return { now: process.memoryUsage.rss() / 2 ** 20, peak: process.resourceUsage().maxRSS / 1024 };
  }
  if (question !== 'empty the spool') return loggedMore(question.logged);
  for (const { id } of spool.pending()) await spool.consume(id);
  return 'done';
};
process.on('message', (question: TrackerQuestion) => void answer(question).then((said) => process.send!(said)));
process.once('disconnect', () => void app.close().then(() => process.exit()));
const { port } = app.get(InboundMail);
process.send!({ port: port!, aliases, left: spool.pending().length } satisfies TrackerSaid);
