import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type Clock } from '../kernel/clock.js';
import { type TrackerDatabase } from '../persistence/tracker-database.js';
import { type ConsumerRegistry } from './consumer-registry.js';
import { ConsumptionQueue, type DoneConsumption } from './consumption-queue.js';
import { type EventLog } from './event-log.js';
import { Lots } from './lots.js';
import { type OutboxConsumption } from './outbox-consumption.entity.js';
import { type OutboxEvent } from './outbox-event.entity.js';
import { PollLoop } from './poll-loop.js';

const BATCH = 32;
/** How many are prepared at once: on PostgreSQL each may take a connection of the host's pool (10 without a setting). */
const AT_ONCE = 4;
const POLL_MS = 500;

/** Hands outbox rows to their consumers: leased, in order per order, retried, then parked. */
export class EventWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('ConversationTracker');
  private readonly loop = new PollLoop(() => this.drainOnce(), POLL_MS);
  private readonly queue: ConsumptionQueue;
  private readonly lots = new Lots<DoneConsumption>((lot) => this.finish(lot));

  constructor(
    private readonly database: TrackerDatabase,
    private readonly log: EventLog,
    private readonly consumers: ConsumerRegistry,
    clock: Clock,
  ) {
    this.queue = new ConsumptionQueue(database, consumers, clock);
  }

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
    const taken = await this.queue.take(BATCH);
    if (taken.length === 0) return false;
    const events = this.log.find(
      this.database.manager,
      taken.map(({ eventId }) => eventId),
    );
    const waiting = taken.values();
    const finished: Promise<void>[] = [];
    const work = async () => {
      for (const consumption of waiting) {
        const done = await this.prepare(consumption, events);
        if (done) finished.push(this.lots.add(done));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await Promise.all(finished);
    return true;
  }

  private async prepare(
    consumption: OutboxConsumption,
    events: Promise<Map<string, OutboxEvent>>,
  ): Promise<DoneConsumption | undefined> {
    try {
      const event = this.log.open((await events).get(consumption.eventId));
      const effect = event && (await this.consumers.get(consumption.consumer)?.prepare(event));
      return { consumption, effect };
    } catch (error) {
      await this.postpone(consumption, error);
      return undefined;
    }
  }

  /** Where one of them fails, each is finished by itself. */
  private async finish(lot: readonly DoneConsumption[]): Promise<void> {
    try {
      return await this.queue.finish(lot);
    } catch (error) {
      const [{ consumption }] = lot;
      if (lot.length === 1) return this.postpone(consumption, error);
    }
    for (const one of lot) await this.finish([one]);
  }

  private async postpone(consumption: OutboxConsumption, error: unknown): Promise<void> {
    // The class alone: a message may quote an address.
    const name = error instanceof Error ? error.name : 'unknown error';
    const state = await this.queue.postpone(consumption, name);
    const fate = state === 'parked' ? 'parked' : 'will try again';
    this.logger.warn(`${consumption.consumer} failed on event ${consumption.eventId} (${name}), ${fate}`);
  }
}
