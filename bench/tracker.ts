import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DynamicModule, type INestApplicationContext, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  ConversationTrackerModule,
  type ConversationTrackerExtras,
  type ConversationTrackerOptions,
  conversationTrackerEntities,
  conversationTrackerMigrations,
} from '../libs/conversation-tracker/src/index.js';
import { type DatabaseAddress } from './databases.js';

/** The same for every host: several read the same rows. */
const keySet = (purpose: string) => ({
  current: 'bench',
  keys: { bench: createHash('sha256').update(`benchmark ${purpose}`).digest('hex') },
});

/** What a host's DataSource needs of the package. */
export const trackerTables = {
  entities: conversationTrackerEntities,
  migrations: conversationTrackerMigrations,
  migrationsRun: true,
};

/** The package, with all it does in production but a mail server. */
export function trackerModule(
  given: Partial<ConversationTrackerOptions & ConversationTrackerExtras> = {},
): DynamicModule {
  return ConversationTrackerModule.forRoot({
    trackerDomain: 'ct.example.com',
    keys: { encryption: keySet('encryption'), index: keySet('index'), alias: keySet('alias') },
    mail: { send: () => Promise.reject(new Error('benchmarks send no mail')), close: () => Promise.resolve() },
    dataDirectory: join(tmpdir(), 'ct-bench-blobs'),
    orderSource: { useValue: { findOrder: () => Promise.resolve(undefined) } },
    accessPolicy: { useValue: { authorize: () => undefined } },
    ...given,
  });
}

/** A host without HTTP that has nothing but the package. */
export async function startTracker(
  address: DatabaseAddress,
  given: Partial<ConversationTrackerOptions> = {},
): Promise<INestApplicationContext> {
  return NestFactory.createApplicationContext(
    hostModule({
      imports: [
        TypeOrmModule.forRoot({ ...address, ...trackerTables }),
        ScheduleModule.forRoot(),
        trackerModule(given),
      ],
    }),
    { logger: ['error', 'warn'], abortOnError: false },
  );
}

/** A root module made of what is given. */
export function hostModule(metadata: ModuleMetadata): new () => object {
  @Module(metadata)
  class HostModule {}
  return HostModule;
}
