import { createHash } from 'node:crypto';
import { type EntityManager, In } from 'typeorm';
import { type Clock } from '../kernel/clock.js';
import { newId } from '../kernel/ids.js';
import { insertRows } from '../persistence/insert-rows.js';
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
import { type AtOnce } from './event-consumer.js';
import { OutboxConsumption } from './outbox-consumption.entity.js';
import { OutboxEvent } from './outbox-event.entity.js';

/** To what the payload of an event is bound. */
export const payloadContext = (id: string, storeId: string) => `outbox:${storeId}:${id}`;

interface SaidEvent<T extends TrackerEventType> {
  row: OutboxEvent;
  consumptions: OutboxConsumption[];
  event: TrackerEvent<T>;
  atOnce: AtOnce[];
}

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
    const said = this.say(type, origin, payload, dedupe);
    const { row, consumptions, event, atOnce } = said;
    if (dedupe !== undefined && consumptions.length + atOnce.length > 0) {
      await insertRows(manager, OutboxEvent, [row], 'ignore');
      if (!(await manager.existsBy(OutboxEvent, { id: row.id }))) return undefined;
    } else await insertLate(manager, OutboxEvent, row, { orIgnore: true });
    for (const consumption of consumptions) await insertLate(manager, OutboxConsumption, consumption);
    await writeAtOnce(manager, [said]);
    return event;
  }

  /** Appends events, each a new fact: one statement a table for some hundred of them. */
  async appendAll<T extends TrackerEventType>(
    manager: EntityManager,
    type: T,
    facts: readonly { origin: EventOrigin; payload: TrackerEventMap[T] }[],
  ): Promise<void> {
    const said = facts.map(({ origin, payload }) => this.say(type, origin, payload));
    const rows = said.map(({ row }) => row);
    await insertRows(manager, OutboxEvent, rows, 'ignore');
    const consumptions = said.flatMap((one) => one.consumptions);
    await insertRows(manager, OutboxConsumption, consumptions);
    await writeAtOnce(manager, said);
  }

  /** What is to be written of an event. */
  private say<T extends TrackerEventType>(
    type: T,
    { storeId, orderId = '' }: EventOrigin,
    payload: TrackerEventMap[T],
    dedupe?: string,
  ): SaidEvent<T> {
    const occurredAt = this.clock.now();
    const id = newId(occurredAt);
    const dedupeKey = createHash('sha256')
      .update(JSON.stringify([storeId, orderId, type, dedupe ?? id]))
      .digest('hex');
    const names = this.consumers.namesFor(type, payload);
    const atOnce = this.consumers.atOnceFor(type, payload);
    // With all written at once, nobody needs it any more.
    const isRead = names.length > 0 || atOnce.length === 0;
    const sealed = isRead
      ? encrypt(JSON.stringify(payload), this.keys.encryption.current, payloadContext(id, storeId))
      : null;
    return {
      row: { id, storeId, orderId, type, dedupeKey, payload: sealed, occurredAt },
      consumptions: names.map((consumer) => newConsumption(consumer, { id, storeId, orderId, occurredAt })),
      event: { id, type, storeId, orderId: orderId || undefined, occurredAt, payload },
      atOnce,
    };
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

function newConsumption(
  consumer: string,
  {
    id: eventId,
    storeId,
    orderId,
    occurredAt: nextAttemptAt,
  }: Pick<OutboxEvent, 'id' | 'storeId' | 'orderId' | 'occurredAt'>,
): OutboxConsumption {
  return { eventId, consumer, storeId, orderId, state: 'pending', attempts: 0, nextAttemptAt, lastError: null };
}

async function writeAtOnce<T extends TrackerEventType>(
  manager: EntityManager,
  said: readonly SaidEvent<T>[],
): Promise<void> {
  const writers = new Set(said.flatMap(({ atOnce }) => atOnce));
  for (const writer of writers) {
    const events = said.filter(({ atOnce }) => atOnce.includes(writer)).map(({ event }) => event);
    await writer.write(manager, events);
  }
}
