import { Injectable } from '@nestjs/common';
import { ConversationTracker } from 'nestjs-conversation-tracker';
import type { EntityManager } from 'typeorm';
import type { OrderEvent, OrderStep } from '../orders/order-event.js';
import { OrderEvents } from '../orders/order-ports.js';

/** Each step of an order becomes a mail and a line on its timeline, if the step commits. */
@Injectable()
export class TrackedOrderEvents extends OrderEvents {
  constructor(private readonly tracker: ConversationTracker) {
    super();
  }

  async publish({ data, ...event }: OrderEvent, manager: EntityManager): Promise<void> {
    await this.tracker.publish({ ...event, ...(data ? { data: mailData(event.step, data) } : {}) }, manager);
  }
}

/** The mails know the facts of this OMS by the same names, but for what went back to the customer. */
function mailData(step: OrderStep, data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (step !== 'refunded') return { ...data };
  const { value: refundAmount, ...others } = data;
  return { ...others, refundAmount };
}
