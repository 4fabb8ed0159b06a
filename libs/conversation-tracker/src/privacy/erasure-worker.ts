import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { In, LessThanOrEqual } from 'typeorm';
import { EventLog } from '../events/event-log.js';
import { PollLoop } from '../events/poll-loop.js';
import { type Clock } from '../kernel/clock.js';
import { StoreKeys } from '../persistence/store-keys.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { CLOCK } from '../ports/tracker-options.js';
import { add, type ErasureCounts } from './erasure-counts.js';
import { ErasureRun } from './erasure-run.js';
import { openTarget } from './erasure-seal.js';
import { type ErasureTarget } from './erasure-target.js';
import { Erasure } from './erasure.entity.js';

const POLL_MS = 5_000;
/** A crashed worker's erasure waits this long for another one; a live worker prolongs its lease with all that it does. */
const LEASE_MS = 60_000;
/** How often a lease is prolonged at least, though nothing is left to erase. */
const HOLD_EVERY_MS = 10_000;
/** What was being worked on when an erasure began has ended by then: a message in a worker, a mail at a server. */
export const SWEEP_AFTER_MS = 60_000;

/** Somebody else has the erasure by now. */
class LeaseLost extends Error {}

/** Works on erasures, one at a time: leased by a conditional UPDATE, begun anew after a crash. */
@Injectable()
export class ErasureWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('ConversationTracker');
  private readonly loop = new PollLoop(() => this.step(), POLL_MS);
  private stopped = false;

  constructor(
    private readonly database: TrackerDatabase,
    private readonly storeKeys: StoreKeys,
    private readonly log: EventLog,
    private readonly erasing: ErasureRun,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** Before the database closes: what is under way ends after its next message, and goes on at the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.loop.stop();
  }

  wake(): void {
    this.loop.wake();
  }

  /** @returns whether there was any work. */
  private async step(): Promise<boolean> {
    const erasure = await this.take();
    if (!erasure) return false;
    try {
      await this.work(erasure);
    } catch (error) {
      if (error instanceof LeaseLost) return true;
      // The lease ends by itself. The class alone: a message may quote an address.
      const name = error instanceof Error ? error.name : 'unknown error';
      this.logger.error(`erasure ${erasure.id} did not come to its end (${name}), will go on`);
    }
    return true;
  }

  private async take(): Promise<Erasure | undefined> {
    const now = this.clock.now();
    const due = { state: In(['pending', 'sweeping'] as const), nextAttemptAt: LessThanOrEqual(now) };
    const found = await this.database.manager.find(Erasure, { where: due, order: { id: 'ASC' }, take: 1 });
    const [erasure]: (Erasure | undefined)[] = found;
    if (!erasure) return undefined;
    const { id, attempts } = erasure;
    const lease = { attempts: attempts + 1, nextAttemptAt: now + LEASE_MS };
    const { affected } = await this.database.transaction((manager) => manager.update(Erasure, { id, attempts }, lease));
    return affected === 1 ? Object.assign(erasure, lease) : undefined;
  }

  private async work(erasure: Erasure): Promise<void> {
    const { storeId } = erasure;
    const target = openTarget(await this.storeKeys.of(storeId), erasure);
    const counts = JSON.parse(erasure.counts) as ErasureCounts;
    const isFirst = erasure.state === 'pending';
    if (target) {
      let heldAt = this.clock.now();
      await this.erasing.run(storeId, target, async (erased) => {
        // Looked through a second time, an order is not another one.
        const news = isFirst ? erased : { ...erased, orders: 0 };
        add(counts, news);
        const now = this.clock.now();
        if (Object.values(news).some((count) => count > 0) || now - heldAt >= HOLD_EVERY_MS) {
          heldAt = now;
          await this.hold(erasure, counts);
        }
        if (this.stopped) throw new LeaseLost();
      });
    }
    await this.database.clearJournal();
    if (isFirst && target) return this.sweepLater(erasure, counts);
    await this.finish(erasure, target, counts);
  }

  private async sweepLater(erasure: Erasure, counts: ErasureCounts): Promise<void> {
    const nextAttemptAt = this.clock.now() + SWEEP_AFTER_MS;
    await this.change(erasure, { state: 'sweeping', counts: JSON.stringify(counts), nextAttemptAt });
  }

  private async finish(erasure: Erasure, target: ErasureTarget | undefined, counts: ErasureCounts): Promise<void> {
    const { id, storeId, kind } = erasure;
    if (target) await this.erasing.close(storeId, target);
    const now = this.clock.now();
    await this.database.transaction(async (manager) => {
      const mine = { id, attempts: erasure.attempts };
      const done = { state: 'done', sealed: null, counts: JSON.stringify(counts), finishedAt: now } as const;
      const { affected } = await manager.update(Erasure, mine, done);
      if (affected !== 1) throw new LeaseLost();
      await this.log.append(manager, 'erasure.finished', { storeId }, { erasureId: id, kind, erased: { ...counts } });
    });
  }

  private hold(erasure: Erasure, counts: ErasureCounts): Promise<void> {
    return this.change(erasure, { counts: JSON.stringify(counts), nextAttemptAt: this.clock.now() + LEASE_MS });
  }

  private async change({ id, attempts }: Erasure, change: Partial<Erasure>): Promise<void> {
    const { affected } = await this.database.transaction((manager) =>
      manager.update(Erasure, { id, attempts }, change),
    );
    if (affected !== 1) throw new LeaseLost();
  }
}
