import { addCalendarMonths } from '../kernel/clock.js';
import { type AliasLifetime } from '../settings/store-settings-values.js';

const DAY_MS = 86_400_000;

/** The end of an alias that lives until its order ends, while the order goes on. */
export const openEnd = Date.UTC(9999, 11, 31);

/**
 * When an alias issued at `now` ends (R46).
 * @param orderEndedAt epoch milliseconds, or null while the order goes on. An alias issued after that has the full grace.
 */
export function aliasExpiry(lifetime: AliasLifetime, now: number, orderEndedAt: number | null): number {
  if (lifetime.kind === 'months') return addCalendarMonths(now, lifetime.months);
  return orderEndedAt === null ? openEnd : Math.max(now, orderEndedAt) + lifetime.graceDays * DAY_MS;
}
