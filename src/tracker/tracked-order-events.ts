import { Injectable } from '@nestjs/common';
import { ConversationTracker } from 'nestjs-conversation-tracker';
import type { EntityManager } from 'typeorm';
import type { OrderEvent } from '../orders/order-event.js';
import { OrderEvents } from '../orders/order-ports.js';

/** Each step of an order becomes a mail and a line on its timeline, if the step commits. */
@Injectable()
export class TrackedOrderEvents extends OrderEvents {
  constructor(private readonly tracker: ConversationTracker) {
    super();
  }

  async publish({ data, ...event }: OrderEvent, manager: EntityManager): Promise<void> {
    await this.tracker.publish({ ...event, ...(data ? { data: { ...data } } : {}) }, manager);
  }
}
