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
import { trackerOptions } from './tracker-options.js';

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
  return ConversationTrackerModule.forRoot(trackerOptions(given));
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
