import { expect, it } from 'vitest';
import { AliasWorld } from '../../../../test/support/alias-world.js';
import { Alias } from './alias.entity.js';

const EXPIRED = 2_000;

it('look-ups and new orders get their answers while the purge goes on', async () => {
  const world = await AliasWorld.open('2026-05-01T00:00:00Z');
  try {
    const oms = await world.start();
    const order = (orderId: string, count: number) => ({
      storeId: 'shop',
      orderId,
      addresses: Array.from({ length: count }, (_, n) => ({
        address: `p${n}@shop.example`,
        role: 'seller',
        path: `sellers[${n}].email`,
        deliverable: true,
      })),
    });
    await oms.aliases.issue(Array.from({ length: 100 }, (_, n) => order(`old-${n}`, EXPIRED / 100)));
    world.setTime('2026-07-01T00:00:00Z');
    const [live] = await oms.aliases.issue([order('live', 1)]);
    const alias = live.get('p0@shop.example')!;

    const purging = { isDone: false };
    let answers = 0;
    const purge = oms.purge.purge().finally(() => (purging.isDone = true));
    while (!purging.isDone) {
      expect(await oms.directory.resolve(alias)).toMatchObject({ orderId: 'live' });
      const [fresh] = await oms.aliases.issue([order(`new-${answers}`, 1)]);
      expect(await oms.directory.resolve(fresh.get('p0@shop.example')!)).toMatchObject({ orderId: `new-${answers}` });
      answers += 1;
    }
    expect(await purge).toEqual({ aliases: EXPIRED });
    expect(answers).toBeGreaterThan(1);
    expect(await oms.database.manager.count(Alias)).toBe(1 + answers);
  } finally {
    await world.close();
  }
});
