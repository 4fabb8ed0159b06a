import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { ScheduleModule } from '@nestjs/schedule';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from './auth/auth.module.js';
import { databaseOptions, omsTables, type Tables } from './config/database.js';
import { OmsConfigModule } from './config/oms-config.module.js';
import { type Environment, OmsConfig } from './config/oms-config.js';
import { DatabaseModule } from './database/database.module.js';
import { InboxModule } from './inbox/inbox.module.js';
import { validationPipe } from './input/validation.js';
import { OrdersModule } from './orders/orders.module.js';
import { PlaygroundModule } from './playground/playground.module.js';
import { ProblemFilter } from './problem/problem.filter.js';
import { SeedModule } from './seed/seed.module.js';
import { TrackerModule } from './tracker/tracker.module.js';
import { trackerTables } from './tracker/tracker-tables.js';

/** What an installation adds to the OMS, which knows nothing of it. */
export interface Guest {
  module: Type;
  tables?: Tables;
}

const tracker: Guest = { module: TrackerModule, tables: trackerTables };

@Module({})
export class AppModule {
  /** @param environment wins over the process's environment; a test sets its database here */
  static register(environment: Environment = {}, guests: readonly Guest[] = [tracker]): DynamicModule {
    const allTables = [omsTables, ...guests.flatMap(({ tables }) => tables ?? [])];
    const tables: Tables = {
      entities: allTables.flatMap(({ entities }) => entities),
      migrations: allTables.flatMap(({ migrations }) => migrations),
    };
    return {
      module: AppModule,
      imports: [
        OmsConfigModule.register(environment),
        TypeOrmModule.forRootAsync({
          inject: [OmsConfig],
          useFactory: (config: OmsConfig) => databaseOptions(config, tables),
        }),
        ScheduleModule.forRoot(),
        EventEmitterModule.forRoot(),
        ThrottlerModule.forRootAsync({
          inject: [OmsConfig],
          useFactory: (config: OmsConfig) => [{ ttl: 60_000, limit: config.requestsPerMinute }],
        }),
        DatabaseModule,
        AuthModule,
        OrdersModule,
        InboxModule,
        PlaygroundModule,
        SeedModule,
        ...guests.map(({ module }) => module),
      ],
      providers: [
        // Before the key is looked at, so that guessing keys is limited too.
        { provide: APP_GUARD, useClass: ThrottlerGuard },
        { provide: APP_PIPE, useFactory: validationPipe },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}
