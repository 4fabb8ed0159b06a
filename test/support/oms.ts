import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
import { AppModule, type Guest } from '../../src/app.module.js';
import type { DevelopmentKey } from '../../src/auth/keys-file.js';
import type { DevelopmentUser } from '../../src/auth/users-file.js';
import type { Role } from '../../src/auth/principal.js';
import type { Environment } from '../../src/config/oms-config.js';
import { dressApp } from '../../src/create-app.js';
import type { Order } from '../../src/orders/order.js';

/** The environment of an app that shares nothing with another: its own folder, free ports, no mail server. */
export async function scratchEnvironment(): Promise<Environment & { directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'oms-'));
  return {
    directory,
    OMS_DATABASE: join(directory, 'oms.sqlite'),
    INBOX_SMTP_PORT: '0',
    INBOUND_SMTP_PORT: '0',
    SMTP_URL: '',
    OMS_API_KEYS_FILE: '',
    OMS_USERS_FILE: '',
    SEED_ORDERS: 'false',
    NODE_ENV: 'test',
  };
}

/** The real app over a file of its own, with a client for each key. */
export class TestOms {
  private constructor(
    readonly app: NestExpressApplication,
    readonly keys: readonly DevelopmentKey[],
    readonly directory: string,
    private readonly users: readonly DevelopmentUser[],
  ) {}

  /** The OMS by itself. @param guests modules that a test adds, such as one that listens to the ports */
  static start(guests: Type[] = [], overrides: Environment = {}): Promise<TestOms> {
    return TestOms.boot(
      overrides,
      guests.map((module) => ({ module })),
    );
  }

  /** The OMS as it is installed, with the conversation tracker. */
  static startTracked(overrides: Environment = {}): Promise<TestOms> {
    return TestOms.boot(overrides);
  }

  private static async boot(overrides: Environment, guests?: readonly Guest[]): Promise<TestOms> {
    const { directory, ...environment } = await scratchEnvironment();
    const testing = await Test.createTestingModule({
      imports: [AppModule.register({ ...environment, ...overrides }, guests)],
    }).compile();
    const app = dressApp(testing.createNestApplication<NestExpressApplication>({ logger: false }));
    await app.listen(0, '127.0.0.1');
    const read = async (file: string): Promise<unknown> => JSON.parse(await readFile(join(directory, file), 'utf8'));
    const keys = (await read('dev-keys.json')) as DevelopmentKey[];
    return new TestOms(app, keys, directory, (await read('dev-users.json')) as DevelopmentUser[]);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await rm(this.directory, { recursive: true });
  }

  key(role: Role, storeId = 'shop'): string {
    return this.keys.find((key) => key.role === role && key.storeId === storeId)?.key ?? '';
  }

  /** Who signs in to a store. */
  user(role: Role, storeId = 'shop'): DevelopmentUser {
    const found = this.users.find((user) => user.role === role && user.storeId === storeId);
    if (!found) throw new Error(`${storeId} has no ${role} who signs in`);
    return found;
  }

  /** Requests with the key of that role in that store. */
  as(role: Role, storeId = 'shop') {
    return supertest.agent(this.app.getHttpServer()).set('X-Api-Key', this.key(role, storeId));
  }

  anyone() {
    return supertest(this.app.getHttpServer());
  }

  async placeOrder(change: object = {}, storeId = 'shop'): Promise<Order> {
    const response = await this.as('integrator', storeId)
      .post('/api/oms/pvt/orders')
      .send({ ...orderInput(), ...change });
    if (response.status !== 201) throw new Error(`Placing an order failed: ${response.text}`);
    return response.body as Order;
  }
}

export const orderInput = () => ({
  items: [
    { id: '18', name: 'Coffee, 500 g', quantity: 2, price: 1290 },
    { id: '19', name: 'Filter papers', quantity: 1, price: 250 },
  ],
  clientProfileData: { email: 'juan@customer.example', firstName: 'Juan', lastName: 'Valdez', phone: '+12025550123' },
  shippingData: { price: 500, address: { street: 'Main Street', number: '7', city: 'Albany', postalCode: '12201' } },
  paymentData: { paymentSystemName: 'Visa' },
});
