import { ClassSerializerInterceptor, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  ConversationTrackerModule,
  conversationTrackerEntities,
  conversationTrackerMigrations,
} from 'nestjs-conversation-tracker';
import { HostHabits, HostHabitsController } from './host-habits.js';
import { LoginController } from './login.controller.js';
import { CreateOrders1700000000000, OrderRow } from './order-row.js';
import { OrdersController } from './orders.controller.js';
import { dataSourceName, database, hostModules, hostProviders } from './row.js';
import { keys, YourAccess, YourOrders } from './your-tracker.js';

@Module({
  imports: [
    TypeOrmModule.forRoot({
      entities: [OrderRow, ...conversationTrackerEntities],
      migrations: [CreateOrders1700000000000, ...conversationTrackerMigrations],
      migrationsRun: true,
      name: dataSourceName,
      retryAttempts: 0,
      ...database,
    }),
    ScheduleModule.forRoot(),
    EventEmitterModule.forRoot(),
    ConversationTrackerModule.forRoot({
      trackerDomain: 'ct.example.com',
      keys,
      mail: { url: 'smtps://user:password@mail.example.com' },
      orderSource: YourOrders,
      accessPolicy: YourAccess,
      dataSource: dataSourceName,
    }),
    ...hostModules,
  ],
  controllers: [OrdersController, LoginController, HostHabitsController],
  providers: [HostHabits, { provide: APP_INTERCEPTOR, useClass: ClassSerializerInterceptor }, ...hostProviders],
})
export class AppModule {}
