import { Inject, Injectable } from '@nestjs/common';
import { EventLog } from '../events/event-log.js';
import { type Clock } from '../kernel/clock.js';
import { TrackerError } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { StoreKeys } from '../persistence/store-keys.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { CLOCK, TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../ports/tracker-options.js';
import { type ErasureCounts, noCounts } from './erasure-counts.js';
import { sealTarget } from './erasure-seal.js';
import { parseErasureTarget } from './erasure-target.js';
import { ErasureWorker } from './erasure-worker.js';
import { Erasure, type ErasureKind, type ErasureState } from './erasure.entity.js';

/** What was asked for and what was done. Names nobody. */
export interface ErasureReport {
  id: string;
  kind: ErasureKind;
  state: ErasureState;
  /** ISO 8601 in UTC. */
  requestedAt: string;
  finishedAt?: string;
  erased: ErasureCounts;
}

/** Takes wishes that somebody or something be forgotten. */
@Injectable()
export class Erasures {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly storeKeys: StoreKeys,
    private readonly log: EventLog,
    private readonly worker: ErasureWorker,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /**
   * Begins to forget a person (`{ address }`), an order (`{ orderId }`) or a whole store (`{ store: id }`). Of a store the key
   * is deleted before this resolves.
   * @throws TrackerError `invalid-input`.
   */
  async request(storeId: string, actor: string, body: unknown): Promise<ErasureReport> {
    const target = parseErasureTarget(body, storeId, trackerDomains(this.options));
    const now = this.clock.now();
    const id = newId(now);
    const { kind } = target;
    if (kind === 'store') await this.storeKeys.shred(storeId);
    const key = await this.storeKeys.of(storeId);
    const row: Erasure = {
      id,
      storeId,
      kind,
      sealed: sealTarget(key, { id, storeId }, target),
      state: 'pending',
      counts: JSON.stringify(noCounts),
      requestedBy: actor,
      requestedAt: now,
      finishedAt: null,
      attempts: 0,
      nextAttemptAt: now,
    };
    await this.database.transaction(async (manager) => {
      await manager.insert(Erasure, row);
      await this.log.append(manager, 'erasure.requested', { storeId }, { erasureId: id, kind, actor });
      this.database.onCommit(manager, () => this.worker.wake());
    });
    return reportOf(row);
  }

  /** @throws TrackerError `erasure-not-found`, also for one of another store. */
  async report(storeId: string, id: string): Promise<ErasureReport> {
    const row = await this.database.manager.findOneBy(Erasure, { id, storeId });
    if (!row) throw new TrackerError('erasure-not-found', 'this store has no erasure with that id');
    return reportOf(row);
  }
}

function reportOf({ id, kind, state, requestedAt, finishedAt, counts }: Erasure): ErasureReport {
  return {
    id,
    kind,
    state,
    requestedAt: new Date(requestedAt).toISOString(),
    finishedAt: finishedAt === null ? undefined : new Date(finishedAt).toISOString(),
    erased: JSON.parse(counts) as ErasureCounts,
  };
}
