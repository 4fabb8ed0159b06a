import { mkdtemp, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExecutionContext, Global, type INestApplication, Module, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import request from 'supertest';
import { coreProviders, GIVEN_OPTIONS } from '../../libs/conversation-tracker/src/conversation-tracker.providers.js';
import { type ConversationTrackerOptions } from '../../libs/conversation-tracker/src/conversation-tracker.options.js';
import { EventLog } from '../../libs/conversation-tracker/src/events/event-log.js';
import { EventWorker } from '../../libs/conversation-tracker/src/events/event-worker.js';
import { newId } from '../../libs/conversation-tracker/src/kernel/ids.js';
import { TrackerDatabase } from '../../libs/conversation-tracker/src/persistence/tracker-database.js';
import { type AccessPolicy } from '../../libs/conversation-tracker/src/ports/access-policy.js';
import {
  ADDRESS_BOOK,
  type AddressBook,
  type AliasCard,
} from '../../libs/conversation-tracker/src/ports/address-book.js';
import { type TrackerEventMap, type TrackerEventType } from '../../libs/conversation-tracker/src/ports/event-map.js';
import { type OrderRef } from '../../libs/conversation-tracker/src/ports/order-source.js';
import { AttachmentStore } from '../../libs/conversation-tracker/src/timeline/attachments/attachment-store.js';
import { MessageRecorder, type NewMessage } from '../../libs/conversation-tracker/src/timeline/message-recorder.js';
import { TimelineModule } from '../../libs/conversation-tracker/src/timeline/timeline.module.js';
import { type TestDatabase } from './database.js';
import { startHttp } from './http-adapter.js';
import { createMigratedDatabase, migratedTables } from './migrated-database.js';

const keySet = () => ({ current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });

/** Aliases and addresses that a test puts in, and takes out as a purge or an erasure would. */
export class ShelfBook implements AddressBook {
  readonly cards = new Map<string, AliasCard>();
  readonly addresses = new Map<string, string>();

  aliasOf(_: string, ids: readonly string[]) {
    return Promise.resolve(pick(this.cards, ids));
  }

  realAddressOf(_: string, ids: readonly string[]) {
    return Promise.resolve(pick(this.addresses, ids));
  }
}

function pick<T>(all: ReadonlyMap<string, T>, ids: readonly string[]): Map<string, T> {
  return new Map([...all].filter(([id]) => ids.includes(id)));
}

interface Caller {
  store?: string;
  actor?: string;
  /** The actions that are allowed. */
  may?: string;
  /** The store whose real addresses are allowed, if it is another one. */
  addressesOf?: string;
}

const policy: AccessPolicy = {
  authorize(action, context: ExecutionContext) {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    const allowed = headers['x-may']?.split(' ').includes(action);
    const storeId = headers[action === 'addresses.read' ? 'x-addresses-of' : 'x-store'];
    return allowed ? { actor: headers['x-actor'], storeId } : undefined;
  },
};

/** A host that has orders, and the timeline over a database. */
export class TimelineHost {
  readonly book = new ShelfBook();
  /** Of the stores `shop` and `other`, as `store/order`. */
  readonly orders = new Set(['shop/o-1', 'shop/o-2', 'other/o-9']);
  readonly clock = { time: Date.parse('2026-05-01T09:30:00Z'), now: () => this.clock.time };
  private app!: INestApplication;

  private constructor(
    private readonly directory: string,
    private readonly rows: TestDatabase,
  ) {}

  static async start(): Promise<TimelineHost> {
    const directory = await mkdtemp(join(tmpdir(), 'ct-timeline-'));
    const host = new TimelineHost(directory, await createMigratedDatabase(directory));
    await host.boot();
    return host;
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.rows.drop();
    await rm(this.directory, { recursive: true });
  }

  get database(): TrackerDatabase {
    return this.app.get(TrackerDatabase);
  }

  get attachments(): AttachmentStore {
    return this.app.get(AttachmentStore, { strict: false });
  }

  /** Where the blobs lie. */
  get blobDirectory(): string {
    return join(this.directory, 'blobs');
  }

  provider<T>(type: Type<T>): T {
    return this.app.get(type, { strict: false });
  }

  newId(): string {
    return newId(this.clock.now());
  }

  get(path: string, { store = 'shop', actor = 'key-1', may = 'timeline.read', addressesOf = store }: Caller = {}) {
    const caller = { 'x-store': store, 'x-actor': actor, 'x-may': may, 'x-addresses-of': addressesOf };
    return request(this.app.getHttpServer()).get(path).set(caller);
  }

  async record(message: NewMessage): Promise<boolean> {
    const recorder = this.app.get(MessageRecorder, { strict: false });
    const prepared = await recorder.prepare(message);
    return this.database.transaction((manager) => recorder.recordMessage(manager, prepared));
  }

  /** Appends an event of the order and wakes its consumers. */
  async tell<T extends TrackerEventType>(type: T, order: OrderRef, payload: TrackerEventMap[T]): Promise<void> {
    await this.database.transaction((manager) => this.app.get(EventLog).append(manager, type, order, payload));
    this.app.get(EventWorker).wake();
  }

  private async boot(): Promise<void> {
    const { orders, book, clock, directory } = this;
    const options: ConversationTrackerOptions = {
      trackerDomain: 'ct.example.com',
      keys: { encryption: keySet(), index: keySet(), alias: keySet() },
      mail: { url: 'smtp://127.0.0.1:9' },
      dataDirectory: join(directory, 'blobs'),
      clock,
    };
    const findOrder = ({ storeId, orderId }: OrderRef) =>
      Promise.resolve(orders.has(`${storeId}/${orderId}`) ? { orderId } : undefined);
    const providers = [
      { provide: GIVEN_OPTIONS, useValue: options },
      { provide: ADDRESS_BOOK, useValue: book },
      ...coreProviders({ orderSource: { useValue: { findOrder } }, accessPolicy: { useValue: policy } }),
    ];
    @Global()
    @Module({ providers, exports: providers.map(({ provide }) => provide) })
    class Surroundings {}
    const testing = await Test.createTestingModule({
      imports: [TypeOrmModule.forRoot({ ...this.rows.address, ...migratedTables }), Surroundings, TimelineModule],
    }).compile();
    this.app = await startHttp(testing);
  }
}
