import { type OrderStep } from './order-events.js';

/** Where an event happened. */
export interface EventOrigin {
  storeId: string;
  orderId?: string;
}

interface DeliveryFact {
  messageId: string;
  deliveryId: string;
  /** The alias's id, never the alias itself: a Simple one shows the address. */
  aliasId: string;
  /** What the next server said, free of addresses. */
  diagnostic?: string;
  /** The next server said so by mail, after it had taken the message (RFC 3464). */
  reported?: boolean;
}

interface QueuedFact {
  messageId: string;
  deliveryId: string;
  /** The alias's id, never the alias itself: a Simple one shows the address. */
  aliasId: string;
  /** Somebody sends it once more, after it had failed. */
  again?: boolean;
}

/** Every durable event with its payload. The names carry the prefix `conversation-tracker.` on the host's emitter. */
export interface TrackerEventMap {
  'order.step': { step: OrderStep; occurrence: string; data: Record<string, unknown> };
  'alias.issued': { aliasIds: string[] };
  'alias.expired': { aliasIds: string[] };
  'alias.revoked': { aliasId: string; actor: string };
  /** Names the new alias. */
  'alias.renewed': { aliasId: string; actor: string };
  'alias.redirected': { fromParticipantId: string; toParticipantId: string };
  /** A message came in for the order. */
  'mail.received': { messageId: string };
  /** It waits until somebody releases or discards it. */
  'mail.held': { messageId: string; reason: string };
  /** Copies of it are on their way. */
  'mail.relayed': { messageId: string; deliveryIds: string[] };
  'mail.released': { messageId: string; actor: string };
  'mail.discarded': { messageId: string; actor: string };
  'mail.queued': QueuedFact;
  'mail.sent': DeliveryFact;
  'mail.deferred': DeliveryFact;
  'mail.bounced': DeliveryFact;
  /** Somebody was shown real addresses: of these orders, by this way, for this reason. */
  'address.revealed': {
    way: string;
    orderIds: string[];
    actor: string;
    participantIds?: string[];
    messageId?: string;
    route?: string;
    exportId?: string;
    reason?: string;
  };
  'settings.changed': { fields: string[]; actor: string };
  /** Somebody asked that a person, an order or a store be forgotten. */
  'erasure.requested': { erasureId: string; kind: string; actor: string };
  'erasure.finished': { erasureId: string; kind: string; erased: Record<string, number> };
}

export type TrackerEventType = keyof TrackerEventMap;

/** A stored event as its consumers see it. */
export interface TrackerEvent<T extends TrackerEventType = TrackerEventType> extends EventOrigin {
  id: string;
  type: T;
  occurredAt: number;
  payload: TrackerEventMap[T];
}
