import { randomFillSync } from 'node:crypto';

const TIME_DIGITS = 12;
const COUNTER_LIMIT = 0x1_0000;
/** A clock that steps back by less is being kept in time; by more, it was wrong and is set right. */
const MOST_STEP_BACK_MS = 60_000;
const RANDOM_BYTES = 8;
/** A call into the system's generator costs more than the octets that it gives: so many ids have theirs of one. */
const pool = Buffer.alloc(256 * RANDOM_BYTES);
let used = pool.length;
let lastMillisecond = 0;
let counter = 0;

/** Below every id that was made at that moment or later, and above all earlier ones. @param at epoch milliseconds */
export function firstIdAt(at: number): string {
  return Math.max(0, at).toString(16).padStart(TIME_DIGITS, '0');
}

/**
 * A new row id: 32 lower-case hex digits that sort by creation time (48 bits of milliseconds, 16 of a counter that keeps
 * ids of one millisecond in order within a process, 64 random). Retention and budgets read ages off them, so they follow a
 * clock that was far ahead back to the right time.
 */
export function newId(now: number): string {
  if (now > lastMillisecond || now < lastMillisecond - MOST_STEP_BACK_MS) {
    lastMillisecond = now;
    counter = 0;
  } else if (++counter === COUNTER_LIMIT) {
    lastMillisecond += 1;
    counter = 0;
  }
  return firstIdAt(lastMillisecond) + counter.toString(16).padStart(4, '0') + randomDigits();
}

function randomDigits(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return pool.toString('hex', used - RANDOM_BYTES, used);
}
