/**
 * How long to wait before the next attempt: doubling from `baseMs` to `capMs`, a random half of it taken off, so that
 * work which failed together does not come back together.
 * @param attempts made so far, 1 or more.
 * @param random from 0 to 1.
 */
export function backoff(attempts: number, baseMs: number, capMs: number, random: number): number {
  const full = Math.min(capMs, baseMs * 2 ** (attempts - 1));
  return Math.round(full * (1 - random / 2));
}
