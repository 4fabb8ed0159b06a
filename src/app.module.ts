import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { ScheduleModule } from '@nestjs/schedule';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from './auth/auth.module.js';
import { databaseOptions, omsTables } from './config/database.js';
import { OmsConfigModule } from './config/oms-config.module.js';
import { type Environment, OmsConfig } from './config/oms-config.js';
import { DatabaseModule } from './database/database.module.js';
import { InboxModule } from './inbox/inbox.module.js';
import { validationPipe } from './input/validation.js';
import { OrdersModule } from './orders/orders.module.js';
import { ProblemFilter } from './problem/problem.filter.js';
import { SeedModule } from './seed/seed.module.js';

@Module({})
export class AppModule {
  /** @param environment wins over the process's environment; a test sets its database here */
  static register(environment: Environment = {}): DynamicModule {
    return {
      module: AppModule,
      imports: [
        OmsConfigModule.register(environment),
        TypeOrmModule.forRootAsync({
          inject: [OmsConfig],
          useFactory: (config: OmsConfig) => databaseOptions(config, omsTables),
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
        SeedModule,
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
