import { type EntityManager, Not, type ObjectLiteral, type UpdateResult } from 'typeorm';
import { type EventLog } from '../../events/event-log.js';
import { type Clock } from '../../kernel/clock.js';
import { updateByKey } from '../../persistence/by-key.js';
import { insertLate } from '../../persistence/late-inserts.js';
import { type KeyRing } from '../../persistence/key-ring.js';
import { toPowerOfTwo } from '../../persistence/shared-reads.js';
import { TableText } from '../../persistence/table-text.js';
import { type TrackerDatabase } from '../../persistence/tracker-database.js';
import { type TrackerEventMap } from '../../ports/event-map.js';
import { type DeliveryReport, reportedChange } from './delivery-report.js';
import { Delivery, type DeliveryStream } from './delivery.entity.js';
import { envelopeSenderOf } from './envelope-sender.js';
import { HOLD_MS, nextAttemptAt } from './retry-schedule.js';

/** A crashed worker's delivery waits this long for another one; a live worker prolongs its lease. */
export const LEASE_MS = 60_000;

/** The sender of a report, to which nobody answers (RFC 5321 §4.5.5). */
export const NULL_SENDER = '';

/** What whoever queues a delivery knows of it. */
export type NewDelivery = Pick<
  Delivery,
  'id' | 'storeId' | 'orderId' | 'messageId' | 'participantId' | 'aliasId' | 'rawKey'
> & {
  /**
   * For a report of ours: nothing is told of its way, it is not sent again by hand, and no bounce of it comes back.
   * @default a VERP address of the delivery
   */
  envelopeSender?: typeof NULL_SENDER;
  /** @default status */
  stream?: DeliveryStream;
};

/** What became of an attempt. What the next server said is free of addresses. */
export type EndedAttempt =
  | { delivery: Delivery; outcome: 'sent' }
  /** `deferred` is tried again, until it was tried for long enough. */
  | { delivery: Delivery; outcome: 'deferred' | 'failed'; diagnostic: string };

/** How a row changes at the end of an attempt, and what is told of it. */
interface DeliveryChange {
  delivery: Delivery;
  change: Pick<Delivery, 'state' | 'diagnostic'> & Partial<Pick<Delivery, 'nextAttemptAt'>>;
  event: MailEvent | undefined;
}

type MailEvent = Extract<keyof TrackerEventMap, `mail.${string}`>;

/** The delivery rows: what is due, who has it, and how it ended. Each change of state is told in its own transaction. */
export class DeliveryQueue {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly log: EventLog,
    private readonly keys: KeyRing,
    private readonly trackerDomain: string,
    private readonly clock: Clock,
    private readonly random: () => number = Math.random,
    /** Below the tracker domain, where the bounces of relayed mail come back (R39). @default where all do */
    private readonly relayedBounceLabel?: string,
  ) {}

  /** Queues a delivery in the transaction that records its message. */
  async add(manager: EntityManager, delivery: NewDelivery): Promise<void> {
    const { id, stream = 'status' } = delivery;
    const row = { ...this.fresh(id, stream), ...delivery, stream };
    await insertLate(manager, Delivery, row);
    await this.tell(manager, 'mail.queued', row);
  }

  /** Like {@link add}, for a delivery that may be queued already: then nothing happens. @returns whether it was not. */
  async addOnce(manager: EntityManager, delivery: NewDelivery): Promise<boolean> {
    if (await manager.existsBy(Delivery, { id: delivery.id })) return false;
    await this.add(manager, delivery);
    return true;
  }

  /** Leases up to `limit` due deliveries; `attempts` of what it returns counts the attempt that now begins. */
  async take(stream: DeliveryStream, limit: number): Promise<Delivery[]> {
    // Most looks find nothing, and need no transaction to do so.
    if ((await this.due(this.database.manager, stream, 1)).length === 0) return [];
    return this.database.transaction((manager) => this.lease(manager, stream, limit));
  }

  /**
   * Marks what became of attempts, and then leases up to `limit` deliveries that are due, in one transaction: the one after
   * a mail to the same person waits for its mark, and no longer.
   */
  async markAndTake(ended: readonly EndedAttempt[], stream: DeliveryStream, limit: number): Promise<Delivery[]> {
    return this.database.transaction(async (manager) => {
      await this.markIn(manager, ended);
      return limit > 0 ? this.lease(manager, stream, limit) : [];
    });
  }

  /** Marks what became of an attempt; nothing where the lease was outlived. */
  async mark(ended: EndedAttempt): Promise<void> {
    await this.database.transaction((manager) => this.markIn(manager, [ended]));
  }

  /** Since when what waits longest is due; undefined where nothing is. */
  async oldestDue(stream: DeliveryStream): Promise<number | undefined> {
    const due: (Delivery | undefined)[] = await this.due(this.database.manager, stream, 1);
    return due[0]?.nextAttemptAt;
  }

  async prolong(delivery: Delivery): Promise<void> {
    const lease = { nextAttemptAt: this.clock.now() + LEASE_MS };
    await this.database.transaction((manager) => this.whileLeased(manager, delivery, lease));
  }

  /**
   * Takes note of what the next server reported of a delivery; told again, it changes nothing.
   * @returns whether it was news.
   */
  async report(id: string, report: DeliveryReport): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      await this.database.lockRows(manager, Delivery, { id });
      const delivery = await manager.findOneBy(Delivery, { id });
      const news = delivery && reportedChange(delivery, report);
      if (!delivery || !news) return false;
      await manager.update(Delivery, { id }, { ...news.change, updatedAt: this.clock.now() });
      await this.tell(manager, news.event, delivery, {
        diagnostic: news.change.diagnostic ?? undefined,
        reported: true,
      });
      return true;
    });
  }

  /**
   * Queues a delivery again that has come to its end.
   * @param state in which it is found, so that two people who ask at once send it once.
   * @returns `undefined` when that store has no such one.
   */
  async redrive(storeId: string, id: string, state: 'failed' | 'sent' = 'failed'): Promise<Delivery | undefined> {
    return this.database.transaction(async (manager) => {
      const ended = { id, storeId, state, envelopeSender: Not(NULL_SENDER) } as const;
      const { stream } = (await manager.findOneBy(Delivery, ended)) ?? {};
      if (stream === undefined) return undefined;
      const { affected } = await manager.update(Delivery, ended, this.fresh(id, stream));
      const delivery = affected === 1 ? await manager.findOneBy(Delivery, { id }) : null;
      if (delivery) await this.tell(manager, 'mail.queued', delivery, { again: true });
      return delivery ?? undefined;
    });
  }

  /**
   * Due ones without an earlier one to the same person in the same order that still goes first. Those that are due longest come
   * first: the index has them in that order, so that a long queue is not looked through.
   */
  private async due(manager: EntityManager, stream: DeliveryStream, limit: number, holding = ''): Promise<Delivery[]> {
    const text = TableText.of(manager, Delivery);
    const column = (property: keyof Delivery) => text.column(property);
    const same = (['storeId', 'orderId', 'participantId'] as const).map((one) => `e.${column(one)} = d.${column(one)}`);
    const isOpen = `${column('state')} IN ('queued', 'deferred')`;
    const earlier =
      `SELECT 1 FROM ${text.table} e WHERE ${same.join(' AND ')} AND e.${isOpen} ` +
      `AND e.${column('id')} < d.${column('id')} AND e.${column('queuedAt')} > ${text.place(2)}`;
    const now = this.clock.now();
    const rows: ObjectLiteral[] = await manager.query(
      `SELECT ${text.columns} FROM ${text.table} d WHERE d.${isOpen} AND d.${column('nextAttemptAt')} <= ${text.place(0)} ` +
        `AND d.${column('stream')} = ${text.place(1)} AND NOT EXISTS (${earlier}) ` +
        `ORDER BY d.${column('nextAttemptAt')} LIMIT ${text.place(3)}${holding}`,
      [now, stream, now - HOLD_MS, limit],
    );
    return rows.map((row) => text.entityOf(row));
  }

  private fresh(id: string, stream: DeliveryStream) {
    const now = this.clock.now();
    const label = stream === 'relay' ? this.relayedBounceLabel : undefined;
    const envelopeSender = envelopeSenderOf(id, now, this.keys.index.current.key, this.trackerDomain, label);
    const times = { queuedAt: now, nextAttemptAt: now, updatedAt: now };
    return { ...times, envelopeSender, state: 'queued', attempts: 0, diagnostic: null } as const;
  }

  private async lease(manager: EntityManager, stream: DeliveryStream, limit: number): Promise<Delivery[]> {
    // What another process is taking at this moment is left to it.
    const taken = await this.due(manager, stream, limit, this.database.skippingLocked);
    if (taken.length === 0) return [];
    const text = TableText.of(manager, Delivery);
    const [attempts, next] = [text.column('attempts'), text.column('nextAttemptAt')];
    const ids = toPowerOfTwo(taken.map(({ id }) => id));
    await manager.query(
      `UPDATE ${text.table} SET ${attempts} = ${attempts} + 1, ${next} = ${text.place(0)} ` +
        `WHERE ${text.column('id')} IN (${text.places(ids.length, 1)})`,
      [this.clock.now() + LEASE_MS, ...ids],
    );
    for (const delivery of taken) delivery.attempts += 1;
    return taken;
  }

  /** A statement for all that became of several alike, and one for what is told of them. */
  private async markIn(manager: EntityManager, ended: readonly EndedAttempt[]): Promise<void> {
    const still = ended.length === 0 ? [] : await this.stillLeased(manager, ended);
    const changes = still.map((attempt) => this.changeOf(attempt));
    for (const alike of grouped(changes, ({ change }) => JSON.stringify(change)).values()) {
      const ids = alike.map(({ delivery }) => delivery.id);
      await updateByKey(manager, Delivery, 'id', ids, { ...alike[0].change, updatedAt: this.clock.now() });
    }
    for (const [event, told] of grouped(changes, (one) => one.event)) {
      if (event) await this.tellAll(manager, event, told);
    }
  }

  /** Whoever outlived its lease finds the row changed by the next one, and changes nothing. */
  private async stillLeased(manager: EntityManager, ended: readonly EndedAttempt[]): Promise<EndedAttempt[]> {
    const ids = ended.map(({ delivery }) => delivery.id);
    const rows = await this.database.readLockedByKey(manager, Delivery, 'id', ids, ['id', 'state', 'attempts']);
    const now = new Map(rows.map((row) => [row.id, row]));
    return ended.filter(({ delivery: { id: key, state, attempts } }) => {
      const row = now.get(key);
      return row?.state === state && row.attempts === attempts;
    });
  }

  private changeOf(ended: EndedAttempt): DeliveryChange {
    const { delivery } = ended;
    if (ended.outcome === 'sent') return { delivery, event: 'mail.sent', change: { state: 'sent', diagnostic: null } };
    const { diagnostic } = ended;
    const next = ended.outcome === 'deferred' ? nextAttemptAt(delivery, this.clock.now(), this.random()) : undefined;
    // Tried for long enough, or refused for good.
    if (next === undefined) return { delivery, event: 'mail.bounced', change: { state: 'failed', diagnostic } };
    // Said again only when there is something new to say: the timeline shows a fact, not each attempt.
    const isKnown = delivery.state === 'deferred' && delivery.diagnostic === diagnostic;
    const change = { state: 'deferred', nextAttemptAt: next, diagnostic } as const;
    return { delivery, event: isKnown ? undefined : 'mail.deferred', change };
  }

  private whileLeased(manager: EntityManager, delivery: Delivery, change: Partial<Delivery>): Promise<UpdateResult> {
    const { id, state, attempts } = delivery;
    return manager.update(Delivery, { id, state, attempts }, change);
  }

  private async tell(
    manager: EntityManager,
    event: MailEvent,
    delivery: ToldDelivery,
    said: { diagnostic?: string; reported?: boolean; again?: boolean } = {},
  ): Promise<void> {
    if (delivery.envelopeSender === NULL_SENDER) return;
    const { storeId, orderId } = delivery;
    await this.log.append(manager, event, { storeId, orderId }, { ...factOf(delivery), ...said });
  }

  private async tellAll(manager: EntityManager, event: MailEvent, changes: readonly DeliveryChange[]): Promise<void> {
    const told = changes.filter(({ delivery }) => delivery.envelopeSender !== NULL_SENDER);
    const facts = told.map(({ delivery, change: { diagnostic } }) => ({
      origin: { storeId: delivery.storeId, orderId: delivery.orderId },
      payload: { ...factOf(delivery), diagnostic: diagnostic ?? undefined },
    }));
    if (facts.length > 0) await this.log.appendAll(manager, event, facts);
  }
}

type ToldDelivery = Pick<Delivery, 'id' | 'storeId' | 'orderId' | 'messageId' | 'aliasId' | 'envelopeSender'>;

function grouped<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function factOf({ id: deliveryId, messageId, aliasId }: ToldDelivery) {
  return { messageId, deliveryId, aliasId };
}
