import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type AliasInstance, AliasWorld } from '../../../../test/support/alias-world.js';
import { type Sighting } from './sighting-plan.js';

type Step = { do: 'issue' | 'ensureLive' | 'revoke' | 'renew'; address: string; orderId: string };
type Turn = Step | { do: 'purge' } | { do: 'wait'; days: number } | { do: 'switch'; maskType: 'simple' | 'complex' };

const orderIds = ['o-1', 'o-2'];
const addresses = ['ana@shop.example', 'bob+x@shop.example', 'broken@@shop'];

const steps: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom('issue', 'ensureLive', 'revoke', 'renew'),
  address: fc.constantFrom(...addresses),
  orderId: fc.constantFrom(...orderIds),
});
const turns: fc.Arbitrary<Turn> = fc.oneof(
  { weight: 6, arbitrary: steps },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('purge' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 70 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('switch' as const),
      maskType: fc.constantFrom('simple' as const, 'complex' as const),
    }),
  },
);

/** By any path, so that addresses stand beside each other. */
const sighting = (address: string): Sighting => ({ address, role: 'customer', deliverable: !address.includes('@@') });

async function take(world: AliasWorld, oms: AliasInstance, turn: Turn): Promise<void> {
  switch (turn.do) {
    case 'wait':
      world.clock.time += turn.days * 86_400_000;
      return;
    case 'purge':
      await oms.purge.purge();
      return;
    case 'switch':
      await oms.settings.change('shop', 'owner', { maskType: turn.maskType });
      return;
  }
  const order = { storeId: 'shop', orderId: turn.orderId };
  if (turn.do === 'issue') await oms.aliases.issue([{ ...order, addresses: [sighting(turn.address)] }]);
  else if (turn.do === 'ensureLive') await oms.aliases.ensureLive(order, [sighting(turn.address)]);
  else {
    const alias = (await oms.aliases.aliasesOf('shop', [turn.orderId])).get(turn.orderId)?.get(turn.address);
    const listed = (await oms.directory.list(order)).find((each) => each.alias === alias);
    if (listed) await oms.control[turn.do]('shop', listed.id, 'staff-1');
  }
}

it('R52 an alias that has ended is never issued again, to anybody, whatever happens after', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(turns, { minLength: 5, maxLength: 30 }), async (all) => {
      const world = await AliasWorld.open('2026-05-01T00:00:00Z');
      try {
        const oms = await world.start();
        /** Every alias that was ever seen, with whose it is and whether it has ended. */
        const past = new Map<string, { aliasId: string; ended: boolean }>();
        for (const turn of all) {
          await take(world, oms, turn);
          const lists = await Promise.all(orderIds.map((orderId) => oms.directory.list({ storeId: 'shop', orderId })));
          for (const { id, alias } of lists.flat()) {
            expect(past.get(alias)?.aliasId ?? id).toBe(id);
            if (!past.has(alias)) past.set(alias, { aliasId: id, ended: false });
          }
          for (const [alias, known] of past) {
            const isLive = (await oms.directory.resolve(alias)) !== undefined;
            expect(known.ended && isLive).toBe(false);
            known.ended = !isLive;
          }
        }
      } finally {
        await world.close();
      }
    }),
    { numRuns: 15 },
  );
}, 60_000);
