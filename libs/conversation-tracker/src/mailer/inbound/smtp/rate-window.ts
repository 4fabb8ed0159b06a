import { isIPv6 } from 'node:net';
import { type Clock } from '../../../kernel/clock.js';

/** So that nobody fills the memory with new names: the oldest one goes. */
const MAX_KEYS = 10_000;

/** Counts by key in windows that start with a key's first event. Bounded in memory, kept by this process alone. */
export class RateWindow {
  private readonly windows = new Map<string, { endsAt: number; count: number }>();

  constructor(
    private readonly limit: number,
    private readonly lengthMs: number,
    private readonly clock: Clock,
  ) {}

  /** Counts one more. @returns whether that is within the limit. */
  take(key: string): boolean {
    return this.count(key, 1) <= this.limit;
  }

  /** @returns whether one more would be above the limit. */
  isSpent(key: string): boolean {
    return this.count(key, 0) >= this.limit;
  }

  /** @returns how many there were in this window. */
  count(key: string, more: number): number {
    const now = this.clock.now();
    const known = this.windows.get(key);
    const window = known && known.endsAt > now ? known : { endsAt: now + this.lengthMs, count: 0 };
    window.count += more;
    if (window !== known && more > 0) {
      this.windows.delete(key);
      const oldest = this.windows.keys().next();
      if (this.windows.size >= MAX_KEYS && !oldest.done) this.windows.delete(oldest.value);
      this.windows.set(key, window);
    }
    return window.count;
  }
}

/** The /24 or /64 that an address lies in: one customer of a provider has as many addresses as they like within it. */
export function networkOf(address: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/i.exec(address);
  if (v4) return v4[1];
  if (!isIPv6(address)) return address;
  const [head, tail] = address.split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const middle = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...middle, ...right]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
