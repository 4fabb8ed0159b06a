import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  ConversationTrackerModule,
  conversationTrackerEntities,
  conversationTrackerMigrations,
} from 'nestjs-conversation-tracker';
import { LoginController } from './login.controller.js';
import { CreateOrders1700000000000, OrderRow } from './order-row.js';
import { OrdersController } from './orders.controller.js';
import { keys, YourAccess, YourOrders } from './your-tracker.js';

const yourEntities = [OrderRow];
const yourMigrations = [CreateOrders1700000000000];

// The imports are the README's lines to the letter; readme-lines.mjs holds the two together.
@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'sqlite',
      database: './data/oms.sqlite',
      entities: [...yourEntities, ...conversationTrackerEntities],
      migrations: [...yourMigrations, ...conversationTrackerMigrations],
      migrationsRun: true,
    }),
    ScheduleModule.forRoot(),
    ConversationTrackerModule.forRoot({
      trackerDomain: 'ct.example.com',
      keys,
      mail: { url: 'smtps://user:password@mail.example.com' },
      orderSource: YourOrders,
      accessPolicy: YourAccess,
    }),
  ],
  controllers: [OrdersController, LoginController],
})
export class AppModule {}
