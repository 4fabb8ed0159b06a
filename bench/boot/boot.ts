/** A host that starts, tells what that took, and ends. */
import 'reflect-metadata';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type DatabaseAddress } from '../databases.js';
import { trackerOptions } from '../tracker-options.js';

/** What a start took. */
export interface Boot {
  /** From the start of the process until it listens. */
  milliseconds: number;
  /** Of that, how long the processor was at work for it. */
  processorMilliseconds: number;
  /** Resident, a moment later. */
  megabytes: number;
}

@Controller('orders')
class OrdersController {
  @Get()
  orders() {
    return [];
  }
}

const { hasPackage, address } = JSON.parse(process.argv[2]) as { hasPackage: boolean; address: DatabaseAddress };
// Only a host that has the package loads it: what is published, not the source.
const tracker = hasPackage ? await import('nestjs-conversation-tracker') : undefined;
const tables = tracker && {
  entities: tracker.conversationTrackerEntities,
  migrations: tracker.conversationTrackerMigrations,
  migrationsRun: true,
};

class Host {}
const root = {
  module: Host,
  imports: [
    TypeOrmModule.forRoot({ ...address, ...(tables ?? { entities: [] }) }),
    ScheduleModule.forRoot(),
    ...(tracker ? [tracker.ConversationTrackerModule.forRoot(trackerOptions())] : []),
  ],
  controllers: [OrdersController],
};
const app = await NestFactory.create(root, { logger: ['error', 'warn'], abortOnError: false });
await app.listen(0, '127.0.0.1');
const milliseconds = performance.now();
const { user, system } = process.cpuUsage();
const processorMilliseconds = (user + system) / 1000;
await sleep(300);
globalThis.gc!();
const megabytes = process.memoryUsage.rss() / 2 ** 20;
process.send!({ milliseconds, processorMilliseconds, megabytes } satisfies Boot);
process.once('disconnect', () => void app.close().then(() => process.exit()));
