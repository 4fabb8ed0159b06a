import { afterAll, beforeAll, expect, it } from 'vitest';
import { AuditWorld } from '../../../../../test/support/audit-world.js';
import { isTrackerError } from '../../kernel/errors.js';
import { type TrackerDatabase } from '../../persistence/tracker-database.js';
import { addressesOfDay, requestsOfMinute, takeFromQuota } from './reveal-quota.js';

const NOON = Date.parse('2026-05-01T12:00:30Z');
let world: AuditWorld;
let processes: TrackerDatabase[];
beforeAll(async () => {
  world = await AuditWorld.open();
  processes = [await world.connect(), await world.connect()];
});
afterAll(() => world.close());

/** @returns `taken`, or after how many seconds to come again. */
async function take(
  actor: string,
  count: number,
  now = NOON,
  process = 0,
  storeId = 'shop',
): Promise<'taken' | number> {
  try {
    await processes[process].transaction((manager) =>
      takeFromQuota(manager, { storeId, actor }, [addressesOfDay(10, count), requestsOfMinute(3)], now),
    );
    return 'taken';
  } catch (error) {
    if (isTrackerError(error) && error.code === 'reveal-quota-spent') return error.retryAfterSeconds!;
    throw error;
  }
}

it('is shared by all processes, down to the last one', async () => {
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, n) => take('both', 5, NOON + (n >> 1) * 60_000, n % 2)),
  );
  expect(answers.filter((answer) => answer === 'taken')).toHaveLength(2);
});

it('counts for each caller and store by itself', async () => {
  expect(await take('a', 10)).toBe('taken');
  expect(await take('b', 10)).toBe('taken');
  expect(await take('a', 10, NOON, 0, 'outlet')).toBe('taken');
});

it('says when to come again, and what was refused counts nothing', async () => {
  expect(await take('day', 9)).toBe('taken');
  expect(await take('day', 2)).toBe(12 * 3_600 - 30);
  expect(await take('day', 1)).toBe('taken');
  expect(await take('day', 1, NOON + 12 * 3_600_000 - 30_001)).toBe(1);
  expect(await take('day', 10, NOON + 12 * 3_600_000 - 30_000)).toBe('taken');
});

it('lets a caller ask a few times a minute', async () => {
  for (let n = 0; n < 3; n++) expect(await take('minute', 1)).toBe('taken');
  expect(await take('minute', 1)).toBe(30);
  expect(await take('minute', 1, NOON + 30_000)).toBe('taken');
  // The clock of another process is behind.
  expect(await take('minute', 1, NOON)).toBe('taken');
  expect(await take('minute', 1, NOON)).toBe('taken');
  expect(await take('minute', 1, NOON + 30_000)).toBe(60);
});
