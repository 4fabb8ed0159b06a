import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { ConsumerRegistry } from '../events/consumer-registry.js';
import { type EventConsumer, type EventEffect } from '../events/event-consumer.js';
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

type ShownType = (typeof types)[number];
type ShownEvent = { [T in ShownType]: TrackerEvent<T> }[ShownType];
type DeliveryEvent =
  | TrackerEvent<'mail.queued'>
  | TrackerEvent<'mail.sent'>
  | TrackerEvent<'mail.deferred'>
  | TrackerEvent<'mail.bounced'>;

/** A late word of an earlier attempt changes nothing; a bounce may come after the next server took the message. */
const reachableFrom: Record<DeliveryEvent['type'], { state: RecipientState; from: RecipientState[] }> = {
  // A message starts as queued: this one is queued again by hand.
  'mail.queued': { state: 'queued', from: ['bounced'] },
  'mail.deferred': { state: 'deferred', from: ['queued', 'deferred'] },
  'mail.sent': { state: 'sent', from: ['queued', 'deferred'] },
  'mail.bounced': { state: 'bounced', from: ['queued', 'deferred', 'sent'] },
};

/** Turns events into timeline entries, delivery states and the audit. */
@Injectable()
export class TimelineConsumer implements EventConsumer<ShownType>, OnModuleInit {
  readonly name = 'timeline';
  readonly types = types;

  constructor(
    private readonly consumers: ConsumerRegistry,
    private readonly trail: AuditTrail,
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
      await show(manager, event);
      const act = actOf(event);
      if (!act) return;
      const { storeId, orderId, type: action, occurredAt: at } = event;
      await this.trail.append(manager, { storeId, orderId, action, at, ...act });
    };
  }
}

async function show(manager: EntityManager, event: ShownEvent): Promise<void> {
  switch (event.type) {
    case 'order.step':
      return enter(manager, event, 'status', event.id, { step: event.payload.step });
    case 'mail.queued':
    case 'mail.sent':
    case 'mail.deferred':
    case 'mail.bounced':
      return moveDelivery(manager, event);
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

async function moveDelivery(manager: EntityManager, event: DeliveryEvent): Promise<void> {
  const { messageId, deliveryId, aliasId } = event.payload;
  const { state, from } = reachableFrom[event.type];
  const diagnostic = event.type === 'mail.queued' ? undefined : event.payload.diagnostic?.slice(0, MAX_DIAGNOSTIC);
  const before = await manager.findOneBy(TimelineRecipientState, { deliveryId, messageId });
  if (!before || !(from.includes(before.state) || isReportedDelay(event, before.state))) return;
  const { affected } = await manager.update(
    TimelineRecipientState,
    { deliveryId, state: before.state },
    { state, diagnostic: diagnostic ?? null, updatedAt: event.occurredAt },
  );
  // A mail that waits for hours is not an entry at every attempt.
  if (affected !== 1 || before.state === state) return;
  await enter(manager, event, 'delivery', deliveryId, { messageId, aliasId, state, diagnostic });
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
