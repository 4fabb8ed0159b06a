import { createHash } from 'node:crypto';
import { type EntityManager } from 'typeorm';
import { TrackerError } from '../../kernel/errors.js';
import { RevealQuotaRow } from './reveal-quota.entity.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface QuotaWindow {
  name: 'day' | 'minute';
  ms: number;
  limit: number;
  amount: number;
}

/** @param addresses that the caller is about to be shown, or has asked about. */
export function addressesOfDay(limit: number, addresses: number): QuotaWindow {
  return { name: 'day', ms: DAY_MS, limit, amount: addresses };
}

export function requestsOfMinute(limit: number): QuotaWindow {
  return { name: 'minute', ms: MINUTE_MS, limit, amount: 1 };
}

/**
 * Takes from what a caller may have in each window; days and minutes are those of UTC. What is refused counts nothing, since
 * the transaction fails with it.
 * @throws TrackerError `reveal-quota-spent`, with the time until the window ends.
 */
export async function takeFromQuota(
  manager: EntityManager,
  { storeId, actor }: { storeId: string; actor: string },
  windows: readonly QuotaWindow[],
  now: number,
): Promise<void> {
  for (const { name, ms, limit, amount } of windows) {
    const id = createHash('sha256')
      .update(JSON.stringify([storeId, actor, name]))
      .digest('hex');
    const startsAt = now - (now % ms);
    const row = await hold(manager, { id, storeId, startsAt, used: 0 });
    // Clocks of processes differ: whoever still lives in the window before counts in the newer one.
    const used = (row.startsAt >= startsAt ? row.used : 0) + amount;
    if (used > limit) {
      const seconds = Math.ceil((startsAt + ms - now) / 1_000);
      const what = name === 'day' ? 'real addresses' : 'requests for real addresses';
      throw new TrackerError('reveal-quota-spent', `this caller may have ${limit} ${what} a ${name}`, [], seconds);
    }
    await manager.update(RevealQuotaRow, { id }, { startsAt: Math.max(row.startsAt, startsAt), used });
  }
}

/** The UPDATE, which changes nothing, holds the row on every database until the transaction ends. */
async function hold(manager: EntityManager, empty: RevealQuotaRow): Promise<RevealQuotaRow> {
  const { id } = empty;
  const take = () => manager.update(RevealQuotaRow, { id }, { id });
  if ((await take()).affected !== 1) {
    await manager
      .createQueryBuilder()
      .insert()
      .into(RevealQuotaRow)
      .values(empty)
      .orIgnore()
      .updateEntity(false)
      .execute();
    await take();
  }
  return manager.findOneByOrFail(RevealQuotaRow, { id });
}
