import { type Clock } from '../kernel/clock.js';
import { type StoreSettingsValues } from './store-settings-values.js';

const MAX_STORES = 1_000;
/** How long another process's change may go unseen here. */
const TTL_MS = 60_000;

interface Entry {
  readAt: number;
  values: Promise<Readonly<StoreSettingsValues>>;
}

/** Settings read of late, at most a thousand stores, for a minute. */
export class SettingsCache {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly clock: Clock) {}

  /** The promise itself is kept, so that a change which commits while it is under way takes it out as well. */
  get(storeId: string, read: () => Promise<StoreSettingsValues>): Promise<Readonly<StoreSettingsValues>> {
    const now = this.clock.now();
    const known = this.entries.get(storeId);
    if (known && now - known.readAt < TTL_MS) return known.values;
    const entry: Entry = { readAt: now, values: read() };
    entry.values.catch(() => this.entries.get(storeId) === entry && this.entries.delete(storeId));
    this.entries.delete(storeId);
    this.entries.set(storeId, entry);
    const [oldest] = this.entries.keys();
    if (this.entries.size > MAX_STORES) this.entries.delete(oldest);
    return entry.values;
  }

  forget(storeId: string): void {
    this.entries.delete(storeId);
  }
}
