import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { EventLog } from '../events/event-log.js';
import { type Clock } from '../kernel/clock.js';
import { foldAddress } from '../kernel/email-address.js';
import { isTrackerError, TrackerError } from '../kernel/errors.js';
import { StoreKeys } from '../persistence/store-keys.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { CLOCK, TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../ports/tracker-options.js';
import { DmarcAlignment } from './dmarc-alignment.js';
import { SettingsCache } from './settings-cache.js';
import { parseSettingsInput, type SettingsInput } from './settings-input.js';
import { defaultStoreSettings, type StoreSettingsValues } from './store-settings-values.js';
import { StoreSettings } from './store-settings.entity.js';

type StoredSettings = Partial<StoreSettingsValues>;

/** The actor of what no person asked for. */
const ITSELF = 'conversation-tracker';

const context = (storeId: string) => `settings:${storeId}`;

/** What each store has chosen. */
@Injectable()
export class SettingsService {
  private readonly cache: SettingsCache;

  constructor(
    private readonly database: TrackerDatabase,
    private readonly storeKeys: StoreKeys,
    private readonly log: EventLog,
    private readonly alignment: DmarcAlignment,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {
    this.cache = new SettingsCache(clock);
  }

  /** The store's settings, with defaults for what it did not set. Another process's change shows within a minute. */
  get(storeId: string): Promise<Readonly<StoreSettingsValues>> {
    return this.cache.get(storeId, async () => {
      const row = await this.database.manager.findOneBy(StoreSettings, { storeId });
      if (row) await this.storeKeys.of(storeId);
      return this.withDefaults(storeId, this.unseal(row));
    });
  }

  /** Who changed the store's settings last, and when; undefined where nobody has. */
  async lastChange(storeId: string): Promise<{ actor: string; at: number } | undefined> {
    const row = await this.database.manager.findOneBy(StoreSettings, { storeId });
    return row ? { actor: row.updatedBy, at: row.updatedAt } : undefined;
  }

  /** The same as they are in force: `complex` where DMARC would not have Simple aliases in From (R38). */
  async inForce(storeId: string): Promise<Readonly<StoreSettingsValues>> {
    const values = await this.get(storeId);
    if (values.maskType === 'complex' || !(await this.alignment.isStrict())) return values;
    return { ...values, maskType: 'complex' };
  }

  /**
   * Sets exactly what `body` names and takes every other field back to its default.
   * @throws TrackerError `invalid-input` naming the fields that are wrong.
   */
  async replace(storeId: string, actor: string, body: unknown): Promise<StoreSettingsValues> {
    const input = this.parse(body);
    return this.write(storeId, actor, () => withoutNulls(input));
  }

  /**
   * Sets what `body` names and leaves the rest; `null` takes a field back to its default (RFC 7396).
   * @throws TrackerError `invalid-input` naming the fields that are wrong.
   */
  async change(storeId: string, actor: string, body: unknown): Promise<StoreSettingsValues> {
    const input = this.parse(body);
    return this.write(storeId, actor, (previous) => withoutNulls({ ...previous, ...input }));
  }

  /** Takes an address out of a store's lists. @returns how many of them had it. */
  async forgetAddress(storeId: string, address: string): Promise<number> {
    const folded = foldAddress(address);
    const { trustedSenders, publicAddresses } = await this.get(storeId);
    const lists = Object.entries({ trustedSenders, publicAddresses }).filter(([, list]) => list.some(isIt));
    if (lists.length === 0) return 0;
    await this.change(storeId, ITSELF, Object.fromEntries(lists.map(([name, list]) => [name, list.filter(isOther)])));
    return lists.length;

    function isIt(one: string): boolean {
      return foldAddress(one) === folded;
    }
    function isOther(one: string): boolean {
      return !isIt(one);
    }
  }

  /** Brings what the store has set under its current key. */
  async reseal(storeId: string): Promise<void> {
    const key = await this.storeKeys.of(storeId);
    const row = await this.database.manager.findOneBy(StoreSettings, { storeId });
    const sealed = row && key.reseal(row.sealed, context(storeId));
    if (!row || sealed === undefined || sealed === null) return;
    // Not over a change that came in meanwhile.
    const asRead = { storeId, sealed: row.sealed };
    await this.database.transaction((manager) => manager.update(StoreSettings, asRead, { sealed }));
  }

  /** Takes a store back to its defaults. @returns how many rows that was. */
  async forgetStore(storeId: string): Promise<number> {
    return this.database.transaction(async (manager) => {
      const { affected } = await manager.delete(StoreSettings, { storeId });
      this.database.onCommit(manager, () => this.cache.forget(storeId));
      return affected ?? 0;
    });
  }

  private parse(body: unknown): SettingsInput {
    return parseSettingsInput(body, trackerDomains(this.options));
  }

  private async write(storeId: string, actor: string, next: (previous: StoredSettings) => StoredSettings) {
    await this.storeKeys.of(storeId);
    return this.database.transaction(async (manager) => {
      const previous = this.unseal(await this.lockRow(manager, storeId, actor));
      const values = next(previous);
      const fields = changedFields(previous, values);
      if (fields.length > 0) {
        await manager.update(
          StoreSettings,
          { storeId },
          { sealed: this.seal(storeId, values), updatedAt: this.clock.now(), updatedBy: actor },
        );
        await this.log.append(manager, 'settings.changed', { storeId }, { fields, actor });
        this.database.onCommit(manager, () => this.cache.forget(storeId));
      }
      return this.withDefaults(storeId, values);
    });
  }

  /** Two changes at one moment wait for each other: the UPDATE, which changes nothing, holds the row on every database. */
  private async lockRow(manager: EntityManager, storeId: string, actor: string): Promise<StoreSettings | null> {
    const empty = { storeId, sealed: this.seal(storeId, {}), updatedAt: this.clock.now(), updatedBy: actor };
    const insert = manager.createQueryBuilder().insert().into(StoreSettings).values(empty);
    await insert.orIgnore().updateEntity(false).execute();
    await manager.update(StoreSettings, { storeId }, { storeId });
    return manager.findOneBy(StoreSettings, { storeId });
  }

  private withDefaults(storeId: string, stored: StoredSettings): StoreSettingsValues {
    return { ...defaultStoreSettings, ...this.hostDefaults(storeId), ...stored };
  }

  /** @throws TrackerError `configuration-invalid` naming the fields that no store may have so: no caller's fault. */
  private hostDefaults(storeId: string): StoredSettings {
    try {
      return withoutNulls(this.parse(this.options.storeDefaults?.(storeId) ?? {}));
    } catch (error) {
      if (!isTrackerError(error)) throw error;
      const fields = error.errors.map(({ field, message }) => `${field} ${message}`).join('; ');
      throw new TrackerError('configuration-invalid', `storeDefaults of a store: ${fields}`);
    }
  }

  private seal(storeId: string, values: StoredSettings): string {
    return this.storeKeys.held(storeId).seal(JSON.stringify(values), context(storeId));
  }

  private unseal(row: StoreSettings | null): StoredSettings {
    const plain = row && this.storeKeys.held(row.storeId).open(row.sealed, context(row.storeId));
    return plain ? (JSON.parse(plain.toString()) as StoredSettings) : {};
  }
}

function withoutNulls(input: SettingsInput): StoredSettings {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
}

function changedFields(previous: StoredSettings, next: StoredSettings): string[] {
  const fields = new Set([...Object.keys(previous), ...Object.keys(next)]) as Set<keyof StoreSettingsValues>;
  return [...fields].filter((field) => !isDeepStrictEqual(previous[field], next[field])).toSorted();
}
