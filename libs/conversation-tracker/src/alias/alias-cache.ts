import { type Clock } from '../kernel/clock.js';
import { type OrderRef } from '../ports/order-source.js';

/** What is known of an order: its folded addresses with their aliases, and in which roles they were seen. */
export interface OrderAliases {
  aliases: Map<string, string>;
  seen: Set<string>;
}

interface Entry extends OrderAliases {
  endsAt: number;
  /** How many had been put at the end when this one was. */
  turn: number;
}

/**
 * The orders used last, as many as the options say and no longer than they say. For sure an order stays until half as many
 * others have been used after it.
 */
export class AliasCache {
  private readonly entries = new Map<string, Entry>();
  private changes = 0;
  private turns = 0;
  /** How often what was asked for was known, and how often not. */
  hits = 0;
  misses = 0;

  constructor(
    private readonly limits: { orders: number; ttlMs: number },
    private readonly clock: Clock,
  ) {}

  /** Rises with every change of what stands in the database; see {@link put}. */
  get version(): number {
    return this.changes;
  }

  get(order: OrderRef): OrderAliases | undefined {
    const key = keyOf(order);
    const entry = this.entries.get(key);
    if (!entry || entry.endsAt <= this.clock.now()) {
      if (entry) this.entries.delete(key);
      this.misses += 1;
      return undefined;
    }
    this.hits += 1;
    // Who is far from the front stays there: to move an entry takes twice as long as to find it.
    if ((this.turns - entry.turn) * 2 >= this.limits.orders) this.putLast(key, entry);
    return entry;
  }

  /** @param version as it was before the order was read: what changed since must not be hidden by an older reading. */
  put(order: OrderRef, value: OrderAliases, version: number): void {
    if (version !== this.changes) return;
    const key = keyOf(order);
    this.putLast(key, { ...value, endsAt: this.clock.now() + this.limits.ttlMs, turn: 0 });
    const [oldest] = this.entries.keys();
    if (this.entries.size > this.limits.orders) this.entries.delete(oldest);
  }

  forget(order: OrderRef): void {
    this.changes++;
    this.entries.delete(keyOf(order));
  }

  private putLast(key: string, entry: Entry): void {
    this.entries.delete(key);
    entry.turn = ++this.turns;
    this.entries.set(key, entry);
  }
}

const keyOf = ({ storeId, orderId }: OrderRef) => `${storeId}\0${orderId}`;
