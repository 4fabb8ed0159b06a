import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SOAK_ZONE } from '../soak/soak-world.js';
import { type DatabaseAddress } from '../databases.js';
import { hostModule, trackerModule, trackerTables } from '../tracker.js';

export const STORE = 'default';
export const DESK = 'desk@shop.example';
const ADDRESS_ORDERS = 5;
export const orderIdOf = (n: number) => `order-${String(n).padStart(7, '0')}`;
/** Each person has a few orders. */
export const customerOf = (n: number) => `customer-${Math.floor(n / ADDRESS_ORDERS)}@customer.example`;

const key = (text: string) => createHash('sha256').update(`rotation ${text}`).digest('hex');
const keySet = (purpose: string) => ({ current: 'k1', keys: { k1: key(purpose) } });

/** Epoch milliseconds that a run may move on, since a new key waits for ten minutes. */
export const clock = { ahead: 0, now: () => Date.now() + clock.ahead };

const dns = {
  resolve: async (name: string, type: string) => {
    const text = type === 'TXT' ? SOAK_ZONE[name] : undefined;
    if (text === undefined) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
    return [[text]];
  },
};

/**
 * @param directory of the host's data.
 * @param encryption the ids of the encryption keys, the current one first.
 */
export async function startRotationHost(
  directory: string,
  address: DatabaseAddress,
  smtpPort: number,
  encryption: readonly [string, ...string[]],
): Promise<INestApplication> {
  const many = 1e9;
  const host = hostModule({
    imports: [
      TypeOrmModule.forRoot({ ...address, ...trackerTables }),
      ScheduleModule.forRoot(),
      trackerModule({
        dataDirectory: join(directory, 'data'),
        clock,
        keys: {
          encryption: { current: encryption[0], keys: Object.fromEntries(encryption.map((id) => [id, key(id)])) },
          index: keySet('index'),
          alias: keySet('alias'),
        },
        mail: { url: `smtp://127.0.0.1:${smtpPort}` },
        storeDefaults: () => ({ senderAddress: DESK }),
        orderSource: { useValue: { findOrder: ({ orderId }: { orderId: string }) => Promise.resolve({ orderId }) } },
        inbound: {
          operatorAddress: 'ops@operator.example',
          port: 0,
          dns,
          limits: {
            connectionsPerMinute: many,
            messagesPerMinute: many,
            messagesPerAliasPerHour: many,
            messagesPerStorePerHour: many,
          },
        },
      }),
    ],
  });
  const app = await NestFactory.create(host, { logger: ['error', 'fatal'], abortOnError: false });
  await app.init();
  return app;
}
