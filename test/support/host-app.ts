import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ExecutionContext,
  Injectable,
  type INestApplication,
  type ModuleMetadata,
  UnauthorizedException,
} from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import {
  type AccessGrant,
  type AccessPolicy,
  type ConversationTrackerExtras,
  ConversationTrackerModule,
  type ConversationTrackerOptions,
  type OrderSource,
} from 'nestjs-conversation-tracker';
import { createDatabase } from './database.js';
import { type HttpAdapter, startHttp } from './http-adapter.js';
import { createMigratedDatabase, migratedTables } from './migrated-database.js';

const keySet = () => ({ current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });

export const trackerOptions: ConversationTrackerOptions = {
  trackerDomain: 'ct.example.com',
  dmarc: 'relaxed',
  keys: { encryption: keySet(), index: keySet(), alias: keySet() },
  mail: { url: 'smtp://127.0.0.1:9' },
};

/** Grants everything to who sends `x-store`, nothing to who sends `x-store: none`. */
@Injectable()
class HeaderPolicy implements AccessPolicy {
  authorize(_: string, context: ExecutionContext): AccessGrant | undefined {
    const store = context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-store'];
    if (!store) throw new UnauthorizedException();
    return store === 'none' ? undefined : { actor: 'test', storeId: store };
  }
}

class NoOrders implements OrderSource {
  findOrder(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

export interface HostApp {
  app: INestApplication;
  close(): Promise<void>;
}

/**
 * A small host on a database of its own. What fails at boot rejects, and leaves no file.
 * @param database what the host tells of an empty database. @default one that has the package's tables
 */
export async function startHost(
  options: Partial<ConversationTrackerOptions> & Pick<ConversationTrackerExtras, 'admin'> = {},
  database?: Partial<TypeOrmModuleOptions>,
  host: Pick<ModuleMetadata, 'imports' | 'controllers' | 'providers'> = {},
  adapter?: HttpAdapter,
  policy?: AccessPolicy,
): Promise<HostApp> {
  const directory = await mkdtemp(join(tmpdir(), 'ct-host-'));
  const removeFiles = () => rm(directory, { recursive: true });
  try {
    const rows = await (database ? createDatabase(directory) : createMigratedDatabase(directory));
    const module = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot({ ...rows.address, ...(database ?? migratedTables) } as TypeOrmModuleOptions),
        ConversationTrackerModule.forRoot({
          ...trackerOptions,
          ...options,
          orderSource: NoOrders,
          accessPolicy: policy ? { useValue: policy } : HeaderPolicy,
          dataDirectory: join(directory, 'blobs'),
        }),
        ScheduleModule.forRoot(),
        ...(host.imports ?? []),
      ],
      controllers: host.controllers ?? [],
      providers: host.providers ?? [],
    }).compile();
    const app = await startHttp(module, adapter);
    return {
      app,
      close: async () => {
        await app.close();
        await rows.drop();
        await removeFiles();
      },
    };
  } catch (error) {
    // The DataSource may still be opening its file.
    process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
    throw error;
  }
}
