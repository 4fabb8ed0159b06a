import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { ConsumerRegistry } from '../events/consumer-registry.js';
import { type AtOnce, type EventConsumer, type EventEffect } from '../events/event-consumer.js';
import { updateByKey } from '../persistence/by-key.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type TrackerEvent } from '../ports/event-map.js';
import { AuditTrail, ITSELF } from './audit/audit-trail.js';
import { MAX_DIAGNOSTIC, type RecipientState, TimelineRecipientState } from './timeline-recipient-state.entity.js';
import { type TimelineKind } from './timeline-entry.entity.js';
import { addEntry, type EntryDetail } from './timeline-writer.js';

const types = [
  'order.step',
  'mail.released',
  'mail.discarded',
  'mail.queued',
  'mail.sent',
  'mail.deferred',
  'mail.bounced',
  'alias.expired',
  'alias.revoked',
  'alias.renewed',
  'alias.redirected',
  'settings.changed',
  'erasure.requested',
  'erasure.finished',
] as const;

/** How a delivery goes stands on the timeline from the moment from which its row says so. */
const deliveryTypes = ['mail.queued', 'mail.sent', 'mail.deferred', 'mail.bounced'] as const;

type ShownType = (typeof types)[number];
type ShownEvent = { [T in ShownType]: TrackerEvent<T> }[ShownType];
type DeliveryEvent = { [T in (typeof deliveryTypes)[number]]: TrackerEvent<T> }[(typeof deliveryTypes)[number]];

/** A late word of an earlier attempt changes nothing; a bounce may come after the next server took the message. */
const reachableFrom: Record<DeliveryEvent['type'], { state: RecipientState; from: RecipientState[] }> = {
  // A message starts as queued: this one is queued again by hand.
  'mail.queued': { state: 'queued', from: ['bounced'] },
  'mail.deferred': { state: 'deferred', from: ['queued', 'deferred'] },
  'mail.sent': { state: 'sent', from: ['queued', 'deferred'] },
  'mail.bounced': { state: 'bounced', from: ['queued', 'deferred', 'sent'] },
};

/** Turns events into timeline entries and the audit; what tells of a delivery moves its state at once. */
@Injectable()
export class TimelineConsumer implements EventConsumer<ShownType>, OnModuleInit {
  readonly name = 'timeline';
  readonly types = types;
  readonly atOnce: AtOnce = {
    types: deliveryTypes,
    write: (manager, events) => moveDeliveries(this.database, manager, events as DeliveryEvent[]),
  };

  constructor(
    private readonly consumers: ConsumerRegistry,
    private readonly trail: AuditTrail,
    private readonly database: TrackerDatabase,
  ) {}

  /** A message is recorded as queued: that it is says nothing new. */
  isConcerned(type: ShownType, payload: object): boolean {
    return type !== 'mail.queued' || 'again' in payload;
  }

  onModuleInit(): void {
    this.consumers.register(this);
  }

  async prepare(event: ShownEvent): Promise<EventEffect> {
    return async (manager) => {
      await this.show(manager, event);
      const act = actOf(event);
      if (!act) return;
      const { storeId, orderId, type: action, occurredAt: at } = event;
      await this.trail.append(manager, { storeId, orderId, action, at, ...act });
    };
  }

  private async show(manager: EntityManager, event: ShownEvent): Promise<void> {
    switch (event.type) {
      case 'order.step':
        return enter(manager, event, 'status', event.id, { step: event.payload.step });
      case 'mail.queued':
      case 'mail.sent':
      case 'mail.deferred':
      case 'mail.bounced':
        // Of a version that wrote them later.
        return moveDeliveries(this.database, manager, [event]);
      case 'alias.expired': {
        const { aliasIds } = event.payload;
        return enter(manager, event, 'alias', event.id, { change: 'expired', aliasIds });
      }
      case 'alias.revoked':
      case 'alias.renewed': {
        const { aliasId } = event.payload;
        const change = event.type === 'alias.revoked' ? 'revoked' : 'renewed';
        return enter(manager, event, 'alias', aliasId, { change, aliasIds: [aliasId] });
      }
      case 'alias.redirected':
        return enter(manager, event, 'alias', event.payload.toParticipantId, { change: 'redirected', aliasIds: [] });
    }
  }
}

/** Who did it, where somebody may have to answer for it. */
function actOf(event: ShownEvent): { actor: string; detail: object } | undefined {
  switch (event.type) {
    case 'alias.revoked':
    case 'alias.renewed':
    case 'mail.released':
    case 'mail.discarded':
    case 'settings.changed':
    case 'erasure.requested': {
      const { actor, ...detail } = event.payload;
      return { actor, detail };
    }
    case 'alias.redirected':
    case 'erasure.finished':
      return { actor: ITSELF, detail: event.payload };
    default:
      return undefined;
  }
}

/** In as many statements as there are different changes, and one to read; each delivery goes once. */
async function moveDeliveries(
  database: TrackerDatabase,
  manager: EntityManager,
  events: readonly DeliveryEvent[],
): Promise<void> {
  const deliveryIds = [...new Set(events.map(({ payload }) => payload.deliveryId))];
  if (deliveryIds.length < events.length) {
    for (const event of events) await moveDeliveries(database, manager, [event]);
    return;
  }
  const rows = await database.readLockedByKey(manager, TimelineRecipientState, 'deliveryId', deliveryIds);
  const before = new Map(rows.map((row) => [row.deliveryId, row]));
  const moves = new Map<
    string,
    { state: RecipientState; diagnostic: string | null; ids: string[]; updatedAt: number }
  >();
  for (const event of events) {
    const { messageId, deliveryId, aliasId } = event.payload;
    const { state, from } = reachableFrom[event.type];
    const known = before.get(deliveryId);
    if (known?.messageId !== messageId || !(from.includes(known.state) || isReportedDelay(event, known.state)))
      continue;
    const diagnostic = event.type === 'mail.queued' ? undefined : event.payload.diagnostic?.slice(0, MAX_DIAGNOSTIC);
    const key = JSON.stringify([state, diagnostic]);
    const move = moves.get(key) ?? { state, diagnostic: diagnostic ?? null, ids: [], updatedAt: event.occurredAt };
    move.ids.push(deliveryId);
    moves.set(key, move);
    // A mail that waits for hours is not an entry at every attempt.
    if (known.state === state) continue;
    await enter(manager, event, 'delivery', deliveryId, { messageId, aliasId, state, diagnostic });
  }
  for (const { ids, ...change } of moves.values()) {
    await updateByKey(manager, TimelineRecipientState, 'deliveryId', ids, change);
  }
}

/** The next server took the message, and is still trying. */
function isReportedDelay({ type, payload }: DeliveryEvent, before: RecipientState): boolean {
  return type === 'mail.deferred' && payload.reported === true && before === 'sent';
}

/** An event of no single order has no timeline to stand on. */
async function enter<K extends TimelineKind>(
  manager: EntityManager,
  { id, storeId, orderId, occurredAt }: ShownEvent,
  kind: K,
  refId: string,
  detail: EntryDetail[K],
): Promise<void> {
  if (orderId === undefined) return;
  await addEntry(manager, { id, storeId, orderId, kind, occurredAt, source: [kind, id], refId, detail });
}
