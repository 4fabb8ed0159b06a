import 'reflect-metadata';
import { join } from 'node:path';
import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { InboundMail } from '../../libs/conversation-tracker/src/index.js';
import { hostModule, trackerModule, trackerTables } from '../tracker.js';
import { canaryOf } from './canaries.js';

const STORE_DESK = 'desk@shop.example';

/** Orders of two stores; the host keeps them elsewhere, since what is looked at is what the tracker keeps. */
export function ordersOf(storeId: string) {
  const customer = canaryOf(storeId === 'simple' ? 'simple-customer' : 'customer');
  return {
    orderId: 'o-1',
    customer: { email: customer, name: `Canary ${customer}` },
    sellers: [{ email: canaryOf('seller') }],
    openTextField: { value: `call ${canaryOf('order-note')}` },
  };
}

const people: Readonly<Record<string, string>> = {
  'o-refused': canaryOf('refused'),
  'o-deferred': canaryOf('deferred'),
};

async function findOrder({ storeId, orderId }: { storeId: string; orderId: string }): Promise<object> {
  if (orderId === 'o-waiting') throw new Error('the order system is away');
  const email: string | undefined = people[orderId];
  return email === undefined ? ordersOf(storeId) : { orderId, customer: { email } };
}

/** Whoever connects from this machine may write for these domains: SPF proves them, as DMARC asks. */
const dns = {
  resolve: async (name: string, type: string) => {
    const isOurs = /(^|\.)(customer|shop)\.example$/.test(name);
    if (type !== 'TXT' || !isOurs) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
    return [[name.startsWith('_dmarc.') ? 'v=DMARC1; p=reject' : 'v=spf1 ip4:127.0.0.1 -all']];
  },
};

export interface AtRestHost {
  app: INestApplicationContext;
  port: number;
  /** Below it lie the database, the blobs and the spool. */
  directory: string;
}

/** The tracker with all that it does, on files below `directory`. */
export async function startAtRestHost(directory: string, smtpPort: number): Promise<AtRestHost> {
  const database = join(directory, 'host.sqlite');
  const dataDirectory = join(directory, 'data');
  const host = hostModule({
    imports: [
      TypeOrmModule.forRoot({ type: 'sqlite', database, enableWAL: true, busyTimeout: 5_000, ...trackerTables }),
      ScheduleModule.forRoot(),
      trackerModule({
        dataDirectory,
        mail: { url: `smtp://127.0.0.1:${smtpPort}` },
        storeDefaults: () => ({ senderAddress: STORE_DESK }),
        orderSource: { useValue: { findOrder } },
        inbound: { operatorAddress: 'ops@operator.example', port: 0, dns },
      }),
    ],
  });
  const app = await NestFactory.create(host, { logger: ['fatal'], abortOnError: false });
  await app.init();
  return { app, port: app.get(InboundMail).port!, directory };
}
