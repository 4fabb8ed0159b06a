import { createHash } from 'node:crypto';
import { type EntityManager, In } from 'typeorm';
import { type Clock } from '../kernel/clock.js';
import { newId } from '../kernel/ids.js';
import { insertLate } from '../persistence/late-inserts.js';
import { decrypt, encrypt } from '../persistence/cipher.js';
import { type KeyRing } from '../persistence/key-ring.js';
import {
  type EventOrigin,
  type TrackerEvent,
  type TrackerEventMap,
  type TrackerEventType,
} from '../ports/event-map.js';
import { type ConsumerRegistry } from './consumer-registry.js';
import { OutboxConsumption } from './outbox-consumption.entity.js';
import { OutboxEvent } from './outbox-event.entity.js';

/** To what the payload of an event is bound. */
export const payloadContext = (id: string, storeId: string) => `outbox:${storeId}:${id}`;

/** Seven columns each, and as many for each consumer, stay far below the 32,766 parameters of SQLite. */
const EVENTS_PER_INSERT = 250;

/** Writes events into, and reads them from, the outbox table. */
export class EventLog {
  constructor(
    private readonly keys: KeyRing,
    private readonly consumers: ConsumerRegistry,
    private readonly clock: Clock,
  ) {}

  /**
   * Appends an event through `manager`, in whatever transaction that is.
   * @param dedupe names the fact within store, order and type; the same fact again changes nothing.
   * @returns the event, or `undefined` when it stood there already, which is looked up only where somebody consumes it.
   */
  async append<T extends TrackerEventType>(
    manager: EntityManager,
    type: T,
    origin: EventOrigin,
    payload: TrackerEventMap[T],
    dedupe?: string,
  ): Promise<TrackerEvent<T> | undefined> {
    const row = this.row(type, origin, payload, dedupe);
    const { id, storeId, orderId, occurredAt } = row;
    const consumptions = this.consumptionsOf(row, type, payload);
    if (dedupe !== undefined && consumptions.length > 0) {
      await insertEvents(manager, [row]);
      if (!(await manager.existsBy(OutboxEvent, { id }))) return undefined;
    } else await insertLate(manager, OutboxEvent, row, { orIgnore: true });
    for (const consumption of consumptions) await insertLate(manager, OutboxConsumption, consumption);
    return { id, type, storeId, orderId: orderId || undefined, occurredAt, payload };
  }

  /** Appends events of one type, each a new fact: one statement a table for some hundred of them. */
  async appendAll<T extends TrackerEventType>(
    manager: EntityManager,
    type: T,
    facts: readonly { origin: EventOrigin; payload: TrackerEventMap[T] }[],
  ): Promise<void> {
    for (let start = 0; start < facts.length; start += EVENTS_PER_INSERT) {
      const some = facts.slice(start, start + EVENTS_PER_INSERT);
      const rows = some.map(({ origin, payload }) => this.row(type, origin, payload));
      await insertEvents(manager, rows);
      const consumptions = rows.flatMap((row, n) => this.consumptionsOf(row, type, some[n].payload));
      if (consumptions.length > 0) await manager.insert(OutboxConsumption, consumptions);
    }
  }

  private row(type: TrackerEventType, { storeId, orderId = '' }: EventOrigin, payload: object, dedupe?: string) {
    const occurredAt = this.clock.now();
    const id = newId(occurredAt);
    const dedupeKey = createHash('sha256')
      .update(JSON.stringify([storeId, orderId, type, dedupe ?? id]))
      .digest('hex');
    const sealed = encrypt(JSON.stringify(payload), this.keys.encryption.current, payloadContext(id, storeId));
    return { id, storeId, orderId, type, dedupeKey, payload: sealed, occurredAt };
  }

  private consumptionsOf<T extends TrackerEventType>(
    { id, storeId, orderId, occurredAt }: OutboxEvent,
    type: T,
    payload: TrackerEventMap[T],
  ) {
    return this.consumers.namesFor(type, payload).map((consumer) => ({
      eventId: id,
      consumer,
      storeId,
      orderId,
      state: 'pending' as const,
      attempts: 0,
      nextAttemptAt: occurredAt,
      lastError: null,
    }));
  }

  async read(manager: EntityManager, eventId: string): Promise<TrackerEvent | undefined> {
    return this.open((await this.find(manager, [eventId])).get(eventId));
  }

  /** The rows of events, by id. */
  async find(manager: EntityManager, eventIds: readonly string[]): Promise<Map<string, OutboxEvent>> {
    const rows = await manager.findBy(OutboxEvent, { id: In([...new Set(eventIds)]) });
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** What a row says; `undefined` once it was erased. */
  open(row: OutboxEvent | undefined): TrackerEvent | undefined {
    if (!row?.payload) return undefined;
    const { id, storeId, orderId, occurredAt } = row;
    const plain = decrypt(row.payload, (keyId) => this.keys.encryption.byId(keyId), payloadContext(id, storeId));
    const payload = JSON.parse(plain.toString()) as TrackerEventMap[TrackerEventType];
    return { id, type: row.type as TrackerEventType, storeId, orderId: orderId || undefined, occurredAt, payload };
  }
}

async function insertEvents(manager: EntityManager, rows: readonly OutboxEvent[]): Promise<void> {
  const values = [...rows];
  await manager.createQueryBuilder().insert().into(OutboxEvent).values(values).orIgnore().updateEntity(false).execute();
}
