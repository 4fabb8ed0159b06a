import { createHash } from 'node:crypto';
import { type EntityManager, In } from 'typeorm';
import { type Clock } from '../kernel/clock.js';
import { newId } from '../kernel/ids.js';
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

const context = (id: string, storeId: string) => `outbox:${storeId}:${id}`;

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
   * @returns the event, or `undefined` when it stood there already.
   */
  async append<T extends TrackerEventType>(
    manager: EntityManager,
    type: T,
    origin: EventOrigin,
    payload: TrackerEventMap[T],
    dedupe?: string,
  ): Promise<TrackerEvent<T> | undefined> {
    const occurredAt = this.clock.now();
    const id = newId(occurredAt);
    const { storeId, orderId = '' } = origin;
    const dedupeKey = createHash('sha256')
      .update(JSON.stringify([storeId, orderId, type, dedupe ?? id]))
      .digest('hex');
    const sealed = encrypt(JSON.stringify(payload), this.keys.encryption.current, context(id, storeId));
    const row = { id, storeId, orderId, type, dedupeKey, payload: sealed, occurredAt };
    await manager.createQueryBuilder().insert().into(OutboxEvent).values(row).orIgnore().updateEntity(false).execute();
    if (dedupe !== undefined && !(await manager.existsBy(OutboxEvent, { id }))) return undefined;

    const consumptions = this.consumers.namesFor(type).map((consumer) => ({
      eventId: id,
      consumer,
      storeId,
      orderId,
      state: 'pending' as const,
      attempts: 0,
      nextAttemptAt: occurredAt,
    }));
    if (consumptions.length > 0) await manager.insert(OutboxConsumption, consumptions);
    return { id, type, storeId, orderId: orderId || undefined, occurredAt, payload };
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
    const plain = decrypt(row.payload, (keyId) => this.keys.encryption.byId(keyId), context(id, storeId));
    const payload = JSON.parse(plain.toString()) as TrackerEventMap[TrackerEventType];
    return { id, type: row.type as TrackerEventType, storeId, orderId: orderId || undefined, occurredAt, payload };
  }
}
