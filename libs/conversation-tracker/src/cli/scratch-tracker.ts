import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ConversationTrackerModule } from '../conversation-tracker.module.js';
import { conversationTrackerEntities, conversationTrackerMigrations } from '../schema.js';
import { scratchDatabase } from './scratch-database.js';

const SCRATCH_DOMAIN = 'ct.example.com';

/** A tracker on a database and keys that are gone afterwards: what a command shows, no real installation knows of. */
export class ScratchTracker {
  private constructor(
    readonly app: INestApplicationContext,
    private readonly directory: string,
  ) {}

  static async open(orderIdProperty: string): Promise<ScratchTracker> {
    const directory = await mkdtemp(join(tmpdir(), 'conversation-tracker-'));
    const keySet = () => ({ current: 'scratch', keys: { scratch: randomBytes(32).toString('hex') } });

    @Module({
      imports: [
        TypeOrmModule.forRoot({
          ...scratchDatabase(directory),
          entities: conversationTrackerEntities,
          migrations: conversationTrackerMigrations,
          migrationsRun: true,
        }),
        ScheduleModule.forRoot(),
        ConversationTrackerModule.forRoot({
          trackerDomain: SCRATCH_DOMAIN,
          orderIdProperty,
          keys: { encryption: keySet(), index: keySet(), alias: keySet() },
          // Nothing is published here, so nothing is ever sent.
          mail: {
            send: () => Promise.reject(new Error('a scratch tracker sends no mail')),
            close: () => Promise.resolve(),
          },
          dataDirectory: join(directory, 'blobs'),
          orderSource: { useValue: { findOrder: () => Promise.resolve(undefined) } },
          accessPolicy: { useValue: { authorize: () => undefined } },
        }),
      ],
    })
    class ScratchModule {}

    const app = await NestFactory.createApplicationContext(ScratchModule, { logger: false, abortOnError: false });
    return new ScratchTracker(app, directory);
  }

  async close(): Promise<void> {
    await this.app.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}
