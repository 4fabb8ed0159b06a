import { type ConsumptionQueue } from '../../events/consumption-queue.js';
import { type Clock } from '../../kernel/clock.js';
import { type DeliveryQueue } from '../../mailer/delivery/delivery-queue.js';

/** In seconds, how long the work that waits longest has been due; 0 where none is. */
export interface QueueLags {
  events: number;
  deliveries: number;
}

/** How far the queues are behind. What is put off to a later time, or waits for that, is not behind. */
export class QueueLag {
  constructor(
    private readonly events: Pick<ConsumptionQueue, 'oldestDue'>,
    private readonly deliveries: Pick<DeliveryQueue, 'oldestDue'>,
    private readonly clock: Clock,
  ) {}

  async read(): Promise<QueueLags> {
    const [event, ...mails] = await Promise.all([
      this.events.oldestDue(),
      this.deliveries.oldestDue('status'),
      this.deliveries.oldestDue('relay'),
    ]);
    return { events: this.secondsSince(event), deliveries: Math.max(...mails.map((due) => this.secondsSince(due))) };
  }

  private secondsSince(due: number | undefined): number {
    return due === undefined ? 0 : Math.max(0, this.clock.now() - due) / 1_000;
  }
}
