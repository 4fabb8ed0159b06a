import { OrderMaskingService } from 'nestjs-conversation-tracker';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AliasView } from '../../libs/conversation-tracker/src/alias/alias-view.js';
import { DESK, type MailProcess, MailWorld } from '../support/mail-world.js';

const DAY_MS = 86_400_000;

let world: MailWorld;
let oms: MailProcess;

beforeEach(async () => {
  world = await MailWorld.open();
  oms = await world.start();
  world.place('o-1');
  await oms.change({ senderAddress: DESK, aliasLifetime: { kind: 'order-end', graceDays: 14 } });
});
afterEach(() => world.close());

async function ends(): Promise<number[]> {
  const path = '/conversation-tracker/orders/o-1/aliases';
  const { body } = await request(oms.app.getHttpServer()).get(path).set('x-store', 'default').expect(200);
  return (body as { aliases: AliasView[] }).aliases.map(({ expiresAt }) => Date.parse(expiresAt));
}

describe('in a store whose aliases live until their order ends', () => {
  it('the aliases of the customer and of the store end two weeks after the delivery', async () => {
    await oms.app.get(OrderMaskingService).mask(world.orders.get('o-1')!);
    await oms.tracker.publish({ step: 'shipped', orderId: 'o-1' });
    await vi.waitFor(async () => expect(await ends()).toHaveLength(2), { timeout: 15_000 });
    for (const end of await ends()) expect(end).toBeGreaterThan(world.clock.now() + 1_000 * 365 * DAY_MS);

    await oms.tracker.publish({ step: 'delivered', orderId: 'o-1' });
    await vi.waitFor(() => expect(world.inbox.mails).toHaveLength(2), { timeout: 15_000 });
    const [{ occurredAt }] = (await oms.timeline('o-1')).filter(
      (entry) => 'step' in entry && entry.step === 'delivered',
    );
    const end = Date.parse(occurredAt) + 14 * DAY_MS;
    await vi.waitFor(async () => expect(await ends()).toEqual([end, end]), { timeout: 15_000 });
  });

  it('who is in an order first at its end has an alias that ends as well', async () => {
    await oms.tracker.publish({ step: 'canceled', orderId: 'o-1' });
    await vi.waitFor(() => expect(world.inbox.mails).toHaveLength(1), { timeout: 15_000 });
    const soon = world.clock.now() + 15 * DAY_MS;
    await vi.waitFor(
      async () => {
        const all = await ends();
        expect(all).toHaveLength(2);
        for (const end of all) expect(end).toBeLessThan(soon);
      },
      { timeout: 15_000 },
    );
  });
});
