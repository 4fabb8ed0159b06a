import { Injectable } from '@nestjs/common';
import { TrackerError } from '../kernel/errors.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { TimelineService } from '../timeline/timeline.service.js';
import { Delivery } from './delivery/delivery.entity.js';
import { DeliveryQueue } from './delivery/delivery-queue.js';
import { DeliveryWorker } from './delivery/delivery-worker.js';

export interface ResendReceipt {
  messageId: string;
  /** The deliveries that are on their way again. */
  deliveryIds: string[];
}

/** Sends a message again to those whom it did not reach. */
@Injectable()
export class MessageResend {
  constructor(
    private readonly timeline: TimelineService,
    private readonly database: TrackerDatabase,
    private readonly queue: DeliveryQueue,
    private readonly worker: DeliveryWorker,
  ) {}

  /** @throws TrackerError `message-not-found`, or `nothing-to-resend` when no delivery of the message has failed. */
  async resend(storeId: string, messageId: string): Promise<ResendReceipt> {
    await this.timeline.stored(storeId, messageId);
    const failed = await this.database.manager.find(Delivery, {
      select: { id: true },
      where: { storeId, messageId, state: 'failed' },
      order: { id: 'ASC' },
    });
    const deliveryIds: string[] = [];
    for (const { id } of failed) if (await this.queue.redrive(storeId, id)) deliveryIds.push(id);
    if (deliveryIds.length === 0) {
      throw new TrackerError(
        'nothing-to-resend',
        'no delivery of this message has failed: it was sent, is on its way, or names nobody who can get mail',
      );
    }
    this.worker.wake();
    return { messageId, deliveryIds };
  }
}
