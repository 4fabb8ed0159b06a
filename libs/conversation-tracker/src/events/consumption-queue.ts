import { type EntityManager, In } from 'typeorm';
import { type Clock } from '../kernel/clock.js';
import { type TrackerDatabase } from '../persistence/tracker-database.js';
import { backoff } from './backoff.js';
import { type ConsumerRegistry } from './consumer-registry.js';
import { type EventEffect } from './event-consumer.js';
import { type ConsumptionState, OutboxConsumption } from './outbox-consumption.entity.js';
import { OutboxEvent } from './outbox-event.entity.js';

/** A crashed worker's event waits this long for another one. */
const LEASE_MS = 60_000;
const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 3_600_000;
const MAX_ATTEMPTS = 12;

/** A consumption that is prepared. */
export interface DoneConsumption {
  consumption: OutboxConsumption;
  /** What follows from its event; missing where that was erased, or nobody consumes it any more. */
  effect: EventEffect | undefined;
}

type Lease = Pick<OutboxConsumption, 'consumer' | 'eventId' | 'attempts'>;

/** The consumption rows: what is due, who has it, and how it ended. */
export class ConsumptionQueue {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly consumers: ConsumerRegistry,
    private readonly clock: Clock,
  ) {}

  /**
   * Leases up to `limit` due rows in one transaction; `attempts` of what it returns counts the attempt that now begins. It
   * is the lease's token: it rises with each taking, so whoever outlived its lease no longer finds the row.
   */
  async take(limit: number): Promise<OutboxConsumption[]> {
    const names = this.consumers.names();
    // Most looks find nothing, and need no transaction to do so.
    if (names.length === 0 || !(await this.due(this.database.manager, names).limit(1).getOne())) return [];
    return this.database.transaction(async (manager) => {
      const due = this.due(manager, names).orderBy('c.eventId', 'ASC').limit(limit);
      // What another process is taking at this moment is left to it.
      const taken = await this.database.skipLocked(due).getMany();
      if (taken.length === 0) return [];
      const lease = { attempts: () => 'attempts + 1', nextAttemptAt: this.clock.now() + LEASE_MS };
      const keys = taken.map(({ eventId, consumer }) => ({ eventId, consumer }));
      await manager.createQueryBuilder().update(OutboxConsumption).set(lease).whereInIds(keys).execute();
      for (const row of taken) row.attempts += 1;
      return taken;
    });
  }

  /** Since when what waits longest is due; undefined where nothing is. */
  async oldestDue(): Promise<number | undefined> {
    const names = this.consumers.names();
    if (names.length === 0) return undefined;
    const oldest = await this.due(this.database.manager, names).orderBy('c.nextAttemptAt', 'ASC').limit(1).getOne();
    return oldest?.nextAttemptAt;
  }

  /** Writes what follows from events and marks them as consumed, those whose lease still stands, in one transaction. */
  async finish(done: readonly DoneConsumption[]): Promise<void> {
    await this.database.transaction(async (manager) => {
      const mine = await this.stillLeased(manager, done);
      for (const [consumer, eventIds] of byConsumer(mine)) {
        await manager.update(OutboxConsumption, { consumer, eventId: In(eventIds) }, { state: 'done' });
      }
      for (const { effect } of mine) await effect?.(manager);
      if (mine.length > 0) await this.eraseConsumed(manager, [...new Set(mine.map(eventIdOf))]);
    });
  }

  /** @returns what became of it. */
  async postpone(consumption: OutboxConsumption, lastError: string): Promise<ConsumptionState> {
    const { attempts } = consumption;
    const state = attempts >= MAX_ATTEMPTS ? 'parked' : 'pending';
    const nextAttemptAt = this.clock.now() + backoff(attempts, RETRY_BASE_MS, RETRY_CAP_MS, Math.random());
    await this.database.transaction((manager) => this.move(manager, consumption, { state, nextAttemptAt, lastError }));
    return state;
  }

  /** The oldest event first. */
  private async stillLeased(
    manager: EntityManager,
    done: readonly DoneConsumption[],
  ): Promise<readonly DoneConsumption[]> {
    const key = ({ consumer, eventId, attempts }: Lease) => `${consumer} ${eventId} ${attempts}`;
    const leased = new Set<string>();
    for (const [consumer, eventIds] of byConsumer(done)) {
      const mine = { consumer, eventId: In(eventIds), state: 'pending' as const };
      const rows = await this.database.readLocked(manager, OutboxConsumption, mine, [
        'eventId',
        'consumer',
        'attempts',
      ]);
      for (const row of rows) leased.add(key(row));
    }
    const still = done.filter(({ consumption }) => leased.has(key(consumption)));
    return still.toSorted((a, b) => (eventIdOf(a) < eventIdOf(b) ? -1 : 1));
  }

  /** Erases the payload of events that nobody needs any more. */
  private async eraseConsumed(manager: EntityManager, ids: readonly string[]): Promise<void> {
    // Two consumers that end at one moment would each find the other still at work: one waits for the other's commit here.
    if (!this.database.isSqlite) await this.database.readLocked(manager, OutboxEvent, { id: In(ids) }, ['id']);
    const open = manager
      .createQueryBuilder()
      .subQuery()
      .select('c.eventId')
      .from(OutboxConsumption, 'c')
      .where("c.eventId IN (:...ids) AND c.state IN ('pending', 'parked')")
      .getQuery();
    const events = manager.createQueryBuilder().update(OutboxEvent).set({ payload: null });
    await events.where(`id IN (:...ids) AND id NOT IN ${open}`, { ids }).execute();
  }

  private async move(
    manager: EntityManager,
    { eventId, consumer, attempts }: OutboxConsumption,
    change: Partial<OutboxConsumption>,
  ): Promise<boolean> {
    const mine = { eventId, consumer, state: 'pending' as const, attempts };
    const { affected } = await manager.update(OutboxConsumption, mine, change);
    return affected === 1;
  }

  /**
   * Due ones of the consumers at hand, without those that an earlier event of the order still holds up: many of them must
   * not fill the batch and hold up other orders as well.
   */
  private due(manager: EntityManager, names: string[]) {
    return manager
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
      );
  }
}

const eventIdOf = ({ consumption }: DoneConsumption) => consumption.eventId;

/** The ids of their events; consumers in the order of their names, so that nobody waits in a circle. */
function byConsumer(done: readonly DoneConsumption[]): [string, string[]][] {
  const names = [...new Set(done.map(({ consumption }) => consumption.consumer))].toSorted();
  return names.map((name) => [name, done.filter(({ consumption }) => consumption.consumer === name).map(eventIdOf)]);
}
