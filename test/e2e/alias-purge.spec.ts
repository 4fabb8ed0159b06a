import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  ConversationTrackerModule,
  conversationTrackerEntities,
  OrderMaskingService,
  type OrderSource,
} from 'nestjs-conversation-tracker';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Alias } from '../../libs/conversation-tracker/src/alias/alias.entity.js';
import { trackerOptions } from '../support/host-app.js';
import { CUSTOMER, MailWorld } from '../support/mail-world.js';

const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 20 });

class NoOrders implements OrderSource {
  findOrder(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

describe('a host that did not import ScheduleModule', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ct-unscheduled-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('does not start, and learns the mend', async () => {
    const module = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot({
          type: 'sqlite',
          database: join(directory, 'host.sqlite'),
          entities: conversationTrackerEntities,
          synchronize: true,
        }),
        ConversationTrackerModule.forRoot({
          ...trackerOptions,
          dataDirectory: join(directory, 'blobs'),
          orderSource: NoOrders,
          accessPolicy: { useValue: { authorize: () => undefined } },
        }),
      ],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    await expect(app.init()).rejects.toThrow(/import ScheduleModule\.forRoot\(\)/);
    await app.close();
  });
});

describe('a running host', () => {
  let world: MailWorld;
  beforeEach(async () => {
    world = await MailWorld.open();
  });
  afterEach(() => world.close());

  it('deletes expired aliases by itself and says so on the timeline, while its orders look as before', async () => {
    const oms = await world.start({ purge: { everyMinutes: 1 / 6_000 } });
    world.place('o-1');
    const masking = oms.app.get(OrderMaskingService);
    const before = await masking.maskToJson(world.orders.get('o-1')!);
    const rows = () => oms.app.get(DataSource).manager.countBy(Alias, { orderId: 'o-1' });
    expect(await rows()).toBe(1);
    world.clock.ahead = 90 * 86_400_000;
    await eventually(async () => expect(await rows()).toBe(0));
    await eventually(async () => {
      const entries = await oms.timeline('o-1');
      expect(entries).toMatchObject([{ kind: 'alias', change: 'expired' }]);
    });
    expect(await masking.maskToJson(world.orders.get('o-1')!)).toBe(before);
    expect(await (await world.start()).app.get(OrderMaskingService).maskToJson(world.orders.get('o-1')!)).toBe(before);
    expect(before).not.toContain(CUSTOMER);
  });

  it('shows the purge among its jobs, and leaves none behind when it stops', async () => {
    const oms = await world.start();
    const registry = oms.app.get(SchedulerRegistry, { strict: false });
    expect(registry.getIntervals()).toEqual(['conversation-tracker.alias-purge', 'conversation-tracker.upkeep']);
    await oms.app.close();
    expect(registry.getIntervals()).toEqual([]);
  });
});
