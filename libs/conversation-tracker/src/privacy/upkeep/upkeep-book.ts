import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, LessThanOrEqual } from 'typeorm';
import { type Clock } from '../../kernel/clock.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { CLOCK } from '../../ports/tracker-options.js';
import { UpkeepProgress } from './upkeep-progress.entity.js';

const LEASE = 'lease';
/** A crashed instance's store waits this long for another one; a live one prolongs its lease with every page. */
const LEASE_MS = 60_000;

/** What a page has come to. */
export interface PageEnd {
  doneTo: string;
  /** Nothing is left behind it for now. */
  isLast: boolean;
}

/** Another instance has the store by now, or this one stops. */
class HoldLost extends Error {}

/** Has the tasks of a store done by one instance at a time, a page of rows at a time, each going on where it ended. */
@Injectable()
export class UpkeepBook {
  private stopped = false;

  constructor(
    private readonly database: TrackerDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Ends what is under way after its next page. */
  stop(): void {
    this.stopped = true;
  }

  /** Does `work` unless another instance works on the store. @returns whether it came to its end. */
  async hold(storeId: string, work: (walks: UpkeepWalks) => Promise<void>): Promise<boolean> {
    const until = await this.take(storeId, LEASE, LEASE_MS);
    if (until === undefined) return false;
    const walks = new UpkeepWalks(this.database, this.clock, storeId, until, () => this.stopped);
    try {
      await work(walks);
      return true;
    } catch (error) {
      if (error instanceof HoldLost) return false;
      throw error;
    } finally {
      await walks.release();
    }
  }

  /** Whether a task that comes back is due; then it is not for so long, for any instance. */
  async isDue(storeId: string, task: string, everyMs: number): Promise<boolean> {
    return (await this.take(storeId, task, everyMs)) !== undefined;
  }

  progressOf(storeId: string): Promise<UpkeepProgress[]> {
    return this.database.manager.find(UpkeepProgress, { where: { storeId }, order: { task: 'ASC' } });
  }

  /** @returns until when it is held. */
  private take(storeId: string, task: string, forMs: number): Promise<number | undefined> {
    const now = this.clock.now();
    return this.database.transaction(async (manager) => {
      await begin(manager, storeId, task);
      const free = { storeId, task, heldUntil: LessThanOrEqual(now) };
      const { affected } = await manager.update(UpkeepProgress, free, { heldUntil: now + forMs });
      return affected === 1 ? now + forMs : undefined;
    });
  }
}

/** The tasks of a store, for as long as it is held. */
export class UpkeepWalks {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly clock: Clock,
    private readonly storeId: string,
    private heldUntil: number,
    private readonly isStopped: () => boolean,
  ) {}

  /**
   * Goes through rows by their ids, from where it ended last.
   * @param page works on the rows behind `after`; done again after a crash, it changes nothing more.
   * @returns how many pages it took.
   */
  async through(task: string, page: (after: string) => Promise<PageEnd>): Promise<number> {
    const { storeId } = this;
    await this.database.transaction((manager) => begin(manager, storeId, task));
    const progress = await this.database.manager.findOneByOrFail(UpkeepProgress, { storeId, task });
    if (progress.finishedAt !== null) return 0;
    for (let after = progress.doneTo, pages = 1; ; pages++) {
      const { doneTo, isLast } = await page(after);
      await this.note(task, { doneTo });
      if (isLast) return pages;
      after = doneTo;
      // What came in meanwhile goes first.
      await nextTurn();
    }
  }

  /** Says that a task is never done again. */
  finish(task: string): Promise<void> {
    return this.note(task, { finishedAt: this.clock.now() });
  }

  async release(): Promise<void> {
    const mine = { storeId: this.storeId, task: LEASE, heldUntil: this.heldUntil };
    await this.database.transaction((manager) => manager.update(UpkeepProgress, mine, { heldUntil: 0 }));
  }

  private async note(task: string, change: Partial<UpkeepProgress>): Promise<void> {
    const { storeId } = this;
    const heldUntil = this.clock.now() + LEASE_MS;
    await this.database.transaction(async (manager) => {
      const mine = { storeId, task: LEASE, heldUntil: this.heldUntil };
      if ((await manager.update(UpkeepProgress, mine, { heldUntil })).affected !== 1) throw new HoldLost();
      await manager.update(UpkeepProgress, { storeId, task }, change);
    });
    this.heldUntil = heldUntil;
    if (this.isStopped()) throw new HoldLost();
  }
}

async function begin(manager: EntityManager, storeId: string, task: string): Promise<void> {
  const row = { storeId, task, doneTo: '', heldUntil: 0, finishedAt: null };
  await manager.createQueryBuilder().insert().into(UpkeepProgress).values(row).orIgnore().updateEntity(false).execute();
}
