import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type Clock } from '../kernel/clock.js';
import { type TrackerDatabase } from '../persistence/tracker-database.js';
import { backoff } from './backoff.js';
import { type ConsumerRegistry } from './consumer-registry.js';
import { type EventLog } from './event-log.js';
import { OutboxConsumption } from './outbox-consumption.entity.js';
import { PollLoop } from './poll-loop.js';

const BATCH = 32;
const POLL_MS = 500;
/** A crashed worker's event waits this long for another one. */
const LEASE_MS = 60_000;
const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 3_600_000;
const MAX_ATTEMPTS = 12;

/** Hands outbox rows to their consumers: leased, in order per order, retried, then parked. */
export class EventWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('ConversationTracker');
  private readonly loop = new PollLoop(() => this.drainOnce(), POLL_MS);

  constructor(
    private readonly database: TrackerDatabase,
    private readonly log: EventLog,
    private readonly consumers: ConsumerRegistry,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** Before the database closes: what is under way must still be written, or it waits for the end of its lease. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Looks for work now instead of at the next poll. */
  wake(): void {
    this.loop.wake();
  }

  /** @returns whether any work was done, so that there may be more. */
  private async drainOnce(): Promise<boolean> {
    const due = await this.findDue();
    const taken = await Promise.all(due.map((consumption) => this.consume(consumption)));
    return taken.some(Boolean);
  }

  private async consume(consumption: OutboxConsumption): Promise<boolean> {
    const { eventId, consumer: name } = consumption;
    const consumer = this.consumers.get(name);
    if (!consumer || !(await this.lease(consumption))) return false;
    const attempts = consumption.attempts + 1;
    try {
      const event = await this.log.read(this.database.manager, eventId);
      const effect = event && (await consumer.prepare(event));
      await this.database.transaction(async (manager) => {
        // Whoever outlived its lease finds the row changed by the next one and takes its work back.
        const mine = await manager.update(
          OutboxConsumption,
          { eventId, consumer: name, state: 'pending', attempts },
          { state: 'done' },
        );
        if (mine.affected !== 1) return;
        await effect?.(manager);
        await this.log.eraseWhenConsumed(manager, eventId);
      });
    } catch (error) {
      await this.postpone(consumption, attempts, error);
    }
    return true;
  }

  /**
   * Due ones of the consumers at hand, without those that an earlier event of the order still holds up: many of them must
   * not fill the batch and hold up other orders as well.
   */
  private async findDue(): Promise<OutboxConsumption[]> {
    const names = this.consumers.names();
    if (names.length === 0) return [];
    return this.database.manager
      .createQueryBuilder(OutboxConsumption, 'c')
      .where("c.state = 'pending' AND c.nextAttemptAt <= :now", { now: this.clock.now() })
      .andWhere('c.consumer IN (:...names)', { names })
      .andWhere(
        (query) =>
          'NOT EXISTS ' +
          query
            .subQuery()
            .select('1')
            .from(OutboxConsumption, 'e')
            .where('e.consumer = c.consumer AND e.storeId = c.storeId AND e.orderId = c.orderId')
            .andWhere("e.state = 'pending' AND e.eventId < c.eventId")
            .getQuery(),
      )
      .orderBy('c.eventId', 'ASC')
      .limit(BATCH)
      .getMany();
  }

  /** `attempts` is the lease's token: it rises with each taking, so only one of two workers updates the row. */
  private async lease({ eventId, consumer, attempts, nextAttemptAt }: OutboxConsumption): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const { affected } = await manager.update(
        OutboxConsumption,
        { eventId, consumer, state: 'pending', attempts, nextAttemptAt },
        { attempts: attempts + 1, nextAttemptAt: this.clock.now() + LEASE_MS },
      );
      return affected === 1;
    });
  }

  private async postpone({ eventId, consumer }: OutboxConsumption, attempts: number, error: unknown): Promise<void> {
    // The class alone: a message may quote an address.
    const lastError = error instanceof Error ? error.name : 'unknown error';
    const parked = attempts >= MAX_ATTEMPTS;
    this.logger.warn(`${consumer} failed on event ${eventId} (${lastError}), ${parked ? 'parked' : 'will try again'}`);
    await this.database.transaction((manager) =>
      manager.update(
        OutboxConsumption,
        { eventId, consumer, state: 'pending', attempts },
        {
          state: parked ? 'parked' : 'pending',
          nextAttemptAt: this.clock.now() + backoff(attempts, RETRY_BASE_MS, RETRY_CAP_MS, Math.random()),
          lastError,
        },
      ),
    );
  }
}
