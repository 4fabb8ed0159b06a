import { backoff } from '../../events/backoff.js';
import { type Delivery } from './delivery.entity.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const RETRY_BASE_MS = MINUTE_MS;
const RETRY_CAP_MS = HOUR_MS;
/** RFC 5321 §4.5.4.1 asks for at least four to five days. */
const GIVE_UP_MS = 5 * 24 * HOUR_MS;

/**
 * How long a mail waits for an earlier one of the same order to the same person. Whoever cannot be reached for the first
 * one is rarely reached for the second, so waiting costs little and keeps "shipped" behind "paid"; but one message that
 * alone is put off (greylisting by content, say) holds the others back no longer than this.
 */
export const HOLD_MS = HOUR_MS;

/**
 * When to try again after a temporary failure; `undefined` when it is time to give up.
 * @param random from 0 to 1.
 */
export function nextAttemptAt(
  { attempts, queuedAt }: Pick<Delivery, 'attempts' | 'queuedAt'>,
  now: number,
  random: number,
): number | undefined {
  const next = now + backoff(attempts, RETRY_BASE_MS, RETRY_CAP_MS, random);
  return next > queuedAt + GIVE_UP_MS ? undefined : next;
}
