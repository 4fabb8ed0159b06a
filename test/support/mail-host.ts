import { randomBytes } from 'node:crypto';
import { type ExecutionContext, Module, type Type, UnauthorizedException } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  type AccessPolicy,
  ConversationTrackerModule,
  type ConversationTrackerOptions,
  type KeyOptions,
  type OrderSource,
} from 'nestjs-conversation-tracker';
import { join } from 'node:path';
import { type DatabaseAddress } from './database.js';
import { migratedTables } from './migrated-database.js';

const keySet = () => ({ current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });

export const newKeys = (): KeyOptions => ({ encryption: keySet(), index: keySet(), alias: keySet() });

/**
 * Grants everything in the store that `x-store` names but the actions in `x-may-not`, nothing to who sends `x-store: none`.
 */
const policy: AccessPolicy = {
  authorize(action, context: ExecutionContext) {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
    const storeId = headers['x-store'];
    if (storeId === undefined) throw new UnauthorizedException();
    if (storeId === 'none' || headers['x-may-not']?.split(' ').includes(action)) return undefined;
    return { actor: headers['x-actor'] ?? 'test', storeId };
  },
};

export interface MailHostConfig extends Partial<ConversationTrackerOptions> {
  /** Two hosts on one database and one directory, which holds the blobs, are two processes of one installation. */
  database: DatabaseAddress;
  directory: string;
  smtpPort: number;
  keys: KeyOptions;
  orders: OrderSource;
}

/** A host whose customers get mail: the real module on a real database and a real SMTP server. */
export function mailHost({ database, directory, smtpPort, orders, ...options }: MailHostConfig): Type {
  @Module({
    imports: [
      TypeOrmModule.forRoot({ ...database, ...migratedTables }),
      ConversationTrackerModule.forRoot({
        trackerDomain: 'ct.example.com',
        dmarc: 'relaxed',
        mail: { url: `smtp://127.0.0.1:${smtpPort}` },
        dataDirectory: join(directory, 'blobs'),
        orderSource: { useValue: orders },
        accessPolicy: { useValue: policy },
        ...options,
      }),
      ScheduleModule.forRoot(),
    ],
  })
  class MailHost {}
  return MailHost;
}
