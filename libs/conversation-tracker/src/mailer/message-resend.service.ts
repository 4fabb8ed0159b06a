import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { TrackerError } from '../kernel/errors.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { TimelineService } from '../timeline/timeline.service.js';
import { Delivery } from './delivery/delivery.entity.js';
import { DeliveryQueue } from './delivery/delivery-queue.js';
import { DeliveryWorker } from './delivery/delivery-worker.js';
import { RawMessages } from './delivery/raw-messages.js';

export interface ResendReceipt {
  messageId: string;
  /** The deliveries that are on their way again. */
  deliveryIds: string[];
}

export interface ResendOptions {
  /** To those too whose mail servers took it. @default false */
  reached?: boolean;
}

/** Sends a message again: to those whom it did not reach, or to everybody. */
@Injectable()
export class MessageResend {
  constructor(
    private readonly timeline: TimelineService,
    private readonly database: TrackerDatabase,
    private readonly queue: DeliveryQueue,
    private readonly worker: DeliveryWorker,
    private readonly raws: RawMessages,
  ) {}

  /**
   * As it was sent before, to the address that the order shows by now.
   * @throws TrackerError `message-not-found`, or `nothing-to-resend` when no delivery of the message has failed or, with
   * `reached`, come to its end, or the copy is not kept any more.
   */
  async resend(storeId: string, messageId: string, { reached = false }: ResendOptions = {}): Promise<ResendReceipt> {
    await this.timeline.stored(storeId, messageId);
    const states = reached ? (['failed', 'sent'] as const) : (['failed'] as const);
    const ended = await this.database.manager.find(Delivery, {
      where: { storeId, messageId, state: In([...states]) },
      order: { id: 'ASC' },
    });
    const deliveryIds: string[] = [];
    for (const { id, state, rawKey } of ended) {
      if (state !== 'failed' && state !== 'sent') continue;
      // A copy that retention has deleted would come back as a failure.
      if (state === 'sent' && !(await this.raws.get(storeId, rawKey))) continue;
      if (await this.queue.redrive(storeId, id, state)) deliveryIds.push(id);
    }
    if (deliveryIds.length === 0) {
      throw new TrackerError(
        'nothing-to-resend',
        'no delivery of this message can begin again: it was sent, is on its way, or names nobody who can get mail',
      );
    }
    this.worker.wake();
    return { messageId, deliveryIds };
  }
}
