import type { EntityManager } from 'typeorm';
import type { OrderEvent } from './order-event.js';
import type { Order } from './order.js';

/**
 * Whoever must hear of every step. Called inside the transaction of the step with its manager: what is written through it stands
 * or falls with the step, and an error undoes the step. A global module that provides it is enough; without one nobody is told.
 */
export abstract class OrderEvents {
  abstract publish(event: OrderEvent, manager: EntityManager): Promise<void>;
}

/** Why a push failed, in words that are fit for a log: no address, and no other part of an order. */
export class PushFailure extends Error {
  override readonly name = 'PushFailure';
}

/**
 * Another system that gets the order after each step, such as an ERP's webhook. Called after the commit, one push at a time; a
 * failure is logged and changes nothing for the order. The message of a {@link PushFailure} is logged, of another error its name.
 */
export abstract class OrderPush {
  abstract push(order: Order, event: OrderEvent): Promise<void>;
}
