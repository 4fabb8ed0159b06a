import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuditWorld, newKeyOptions } from '../../../../../test/support/audit-world.js';
import { AuditEntry } from './audit-entry.entity.js';
import { type AuditTrail } from './audit-trail.js';

let world: AuditWorld;
let trail: AuditTrail;
beforeEach(async () => {
  world = await AuditWorld.open();
  trail = await world.start();
});
afterEach(() => world.close());

const act = (n: number, storeId = 'shop') => ({
  storeId,
  orderId: `o-${n}`,
  actor: 'key-1',
  action: 'settings.changed',
  detail: { n },
});

async function write(count: number, storeId = 'shop'): Promise<void> {
  for (let n = 1; n <= count; n++) {
    world.clock.time += 1_000;
    await trail.record(act(n, storeId));
  }
}

const entriesOf = (storeId: string) =>
  world.host.manager.find(AuditEntry, { where: { storeId }, order: { sequence: 'ASC' } });

describe('the audit of a store', () => {
  it('is whole: each entry follows from the one before it, and each store has a chain of its own', async () => {
    await write(3);
    await write(2, 'outlet');
    expect(await world.verify()).toMatchObject([
      { storeId: 'outlet', entries: 2, head: { sequence: 2 }, findings: [] },
      { storeId: 'shop', entries: 3, head: { sequence: 3 }, findings: [] },
    ]);
    expect((await entriesOf('shop')).map(({ sequence, orderId }) => [sequence, orderId])).toEqual([
      [1, 'o-1'],
      [2, 'o-2'],
      [3, 'o-3'],
    ]);
  });

  it('stays whole where several processes write at one moment, and cut', async () => {
    const others = [trail, await world.start(), await world.start()];
    await Promise.all(
      Array.from({ length: 30 }, (_, n) => [
        others[n % 3].record(act(n)),
        others[n % 2].record(act(n, 'outlet')),
      ]).flat(),
    );
    await Promise.all([
      others[0].cut('shop', Infinity, 10),
      others[1].record(act(99)),
      others[2].cut('shop', Infinity, 5),
    ]);
    expect(await world.findings()).toEqual([]);
    expect(await entriesOf('shop')).toHaveLength(16);
    expect((await entriesOf('outlet')).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 30 }, (_, n) => n + 1),
    );
  });

  it('takes what any host may say, and nothing where the transaction fails', async () => {
    await trail.record({
      ...act(1),
      actor: 'half a pair \ud800, ñ and 🙂',
      detail: { reason: '"quoted" \ud800 \u2028' },
    });
    await expect(trail.record({ ...act(2), orderId: 'x', action: null as never })).rejects.toThrow();
    await trail.record(act(3));
    expect(await world.findings()).toEqual([]);
    expect(await entriesOf('shop')).toHaveLength(2);
  });

  it('shows less after retention, from a sealed checkpoint on, and goes on from there', async () => {
    await write(5);
    const third = (await entriesOf('shop'))[2].at;
    expect(await trail.cut('shop', third, 1)).toBe(1);
    expect(await trail.cut('shop', third)).toBe(1);
    expect(await trail.cut('shop', third)).toBe(0);
    await write(1);
    expect(await world.verify()).toMatchObject([
      { entries: 4, head: { sequence: 6 }, checkpoint: { sequence: 2, cutAt: third + 2_000 }, findings: [] },
    ]);
    expect(await trail.cut('shop', Infinity)).toBe(4);
    expect(await world.verify()).toMatchObject([{ entries: 0, checkpoint: { sequence: 6 }, findings: [] }]);
    await write(1);
    expect(await world.findings()).toEqual([]);
  });
});

describe('whoever has the database without the keys is found out', () => {
  beforeEach(() => write(6));
  const where = (sequence: number) => `WHERE "storeId" = 'shop' AND "sequence" = ${sequence}`;
  const broken = (n: number) => `shop: entry ${n} does not follow from the one before it: changed, moved or put in`;
  const end = 'shop: the record of where the audit begins and ends was changed';

  it.each(['actor', 'action', 'detail', 'orderId', 'id'])('who changes the %s of an entry', async (column) => {
    await world.tamper(`UPDATE ct_audit_entry SET "${column}" = 'x' ${where(4)}`);
    expect(await world.findings()).toEqual([broken(4)]);
  });

  it('who changes when it was', async () => {
    await world.tamper(`UPDATE ct_audit_entry SET "at" = "at" - 1 ${where(1)}`);
    expect(await world.findings()).toEqual([broken(1)]);
  });

  it('who gives an entry to another store', async () => {
    await world.tamper(`UPDATE ct_audit_entry SET "storeId" = 'outlet' ${where(6)}`);
    expect(await world.findings()).toEqual([
      'outlet: the record of where the audit ends is missing',
      'outlet: entries 1 to 5 are missing',
      'shop: entry 6 is missing',
    ]);
  });

  it('who takes entries out of the middle, or off the end', async () => {
    await world.tamper(`DELETE FROM ct_audit_entry ${where(3)} OR "sequence" = 4`);
    await world.tamper(`DELETE FROM ct_audit_entry ${where(6)}`);
    expect(await world.findings()).toEqual(['shop: entries 3 to 4 are missing', 'shop: entry 6 is missing']);
  });

  it('who takes the last entry off and sets the end accordingly', async () => {
    await world.tamper(`DELETE FROM ct_audit_entry ${where(6)}`);
    const { hash } = (await entriesOf('shop'))[4];
    await world.tamper(`UPDATE ct_audit_chain SET "sequence" = 5, "hash" = '${hash}'`);
    expect(await world.findings()).toEqual([end]);
  });

  it('who makes it look as if retention had deleted the first', async () => {
    const { hash } = (await entriesOf('shop'))[1];
    await world.tamper('DELETE FROM ct_audit_entry WHERE "sequence" < 3');
    await world.tamper(`UPDATE ct_audit_chain SET "cutSequence" = 2, "cutHash" = '${hash}'`);
    expect(await world.findings()).toEqual([end]);
  });

  it('who moves entries', async () => {
    await world.tamper(`UPDATE ct_audit_entry SET "sequence" = 99 ${where(2)}`);
    await world.tamper(`UPDATE ct_audit_entry SET "sequence" = 2 ${where(3)}`);
    await world.tamper(`UPDATE ct_audit_entry SET "sequence" = 3 ${where(99)}`);
    expect(await world.findings()).toEqual([broken(2), broken(3), broken(4)]);
  });

  it('who puts entries in: in between, past the end, and without a seal', async () => {
    const copy = (id: string, sequence: string, hash = '"hash"') =>
      world.tamper(
        `INSERT INTO ct_audit_entry ("id", "storeId", "orderId", "actor", "action", "detail", "at", "sequence", "hash")
         SELECT '${id}', "storeId", "orderId", "actor", "action", "detail", "at", ${sequence}, ${hash} FROM ct_audit_entry ${where(2)}`,
      );
    await copy('past', '7');
    await copy('unsealed', 'NULL', 'NULL');
    await copy('below', '0');
    await world.tamper(`UPDATE ct_audit_entry SET "sequence" = -1 ${where(5)}`);
    await copy('between', '5');
    expect(await world.findings()).toEqual([
      broken(5),
      broken(6),
      'shop: entry 7 lies beyond the end on record',
      'shop: 3 entries were never sealed',
    ]);
  });

  it('who takes the record of the end away, or the whole audit of a store', async () => {
    const heads = new Map((await world.verify()).map(({ storeId, head }) => [storeId, head!]));
    await world.tamper('DELETE FROM ct_audit_chain');
    expect(await world.findings()).toEqual(['shop: the record of where the audit ends is missing']);
    await world.tamper('DELETE FROM ct_audit_entry');
    expect(await world.findings()).toEqual([]);
    // Nothing is left in the database that could tell: what an earlier check saw does.
    expect(await world.verify(heads)).toMatchObject([
      { storeId: 'shop', findings: [{ kind: 'chain' }, { kind: 'head' }] },
    ]);
  });

  it('even who has an earlier copy to put back, by what an earlier check saw', async () => {
    const copy: { sequence: number; hash: string; seal: string }[] =
      await world.host.query('SELECT * FROM ct_audit_chain');
    await write(2);
    const heads = new Map((await world.verify()).map(({ storeId, head }) => [storeId, head!]));
    await world.tamper('DELETE FROM ct_audit_entry WHERE "sequence" > 6');
    const [{ hash, seal }] = copy;
    await world.tamper(`UPDATE ct_audit_chain SET "sequence" = 6, "hash" = '${hash}', "seal" = '${seal}'`);
    expect(await world.findings()).toEqual([]);
    expect(await world.verify(heads)).toMatchObject([{ findings: [{ kind: 'head', sequence: 8 }] }]);
    await write(2);
    expect(await world.verify(heads)).toMatchObject([{ findings: [{ kind: 'head', sequence: 8 }] }]);
  });

  it('and who brings keys of their own is not believed', async () => {
    const { findings } = (await world.verify(undefined, newKeyOptions()))[0];
    expect(findings.map(({ kind }) => kind)).toEqual(['chain', ...Array.from({ length: 6 }, () => 'changed')]);
    const index = { current: 'k2', keys: { k2: newKeyOptions().index.keys.k1 } };
    const unknown = await world.verify(undefined, { ...world.keys, index } as never);
    expect(unknown[0].findings.map(({ kind }) => kind)).toEqual(Array.from({ length: 7 }, () => 'key'));
  });
});

it('an earlier check is satisfied with what retention has left', async () => {
  await write(3);
  const heads = new Map((await world.verify()).map(({ storeId, head }) => [storeId, head!]));
  for (const limit of [1, 2]) {
    await trail.cut('shop', Infinity, limit);
    expect((await world.verify(heads))[0].findings).toEqual([]);
  }
  await write(1);
  await trail.cut('shop', Infinity);
  expect((await world.verify(heads))[0].findings).toEqual([]);
});
