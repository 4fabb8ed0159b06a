import { In } from 'typeorm';
import { type TrackerDatabase } from '../../persistence/tracker-database.js';
import { AutoReply } from '../relay/auto-reply.entity.js';
import { MessageRef } from '../relay/message-ref.entity.js';
import { partId } from '../relay/relay-ids.js';
import { Delivery } from './delivery.entity.js';
import { type RawMessages, rawKeyOf } from './raw-messages.js';

export interface ErasedMail {
  deliveries: number;
  /** Of them, those that waited and are not sent. */
  deliveriesCanceled: number;
  rawMessages: number;
  threadIds: number;
  autoReplies: number;
}

/** Takes a message out of the mail: what waits is not sent, and its finished copies go. */
export class MailErasure {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly raws: RawMessages,
  ) {}

  /** Bytes before the rows that tell of them, so that it can be done again after a crash. How far it got, the timeline knows. */
  async erase(
    { id: messageId, storeId }: { id: string; storeId: string },
    deliveryIds: readonly string[] = [],
  ): Promise<ErasedMail> {
    const mine = { storeId, messageId };
    const waiting = { ...mine, state: In(['queued', 'deferred'] as const) };
    const canceled = await this.database.transaction((manager) =>
      manager.update(Delivery, waiting, { state: 'canceled' }),
    );
    const deliveries = await this.database.manager.findBy(Delivery, mine);
    // Also where rows are gone already: somebody may have written a copy again while it was erased.
    const parts = [partId(messageId, 'original'), ...deliveryIds].map((id) => rawKeyOf(storeId, id));
    for (const key of new Set([...deliveries.map(({ rawKey }) => rawKey), ...parts])) await this.raws.delete(key);
    return this.database.transaction(async (manager) => {
      await manager.delete(Delivery, { id: In(deliveries.map(({ id }) => id)) });
      const threadIds = await manager.delete(MessageRef, mine);
      const autoReplies = await manager.delete(AutoReply, mine);
      return {
        deliveries: deliveries.length,
        deliveriesCanceled: canceled.affected ?? 0,
        rawMessages: deliveries.length,
        threadIds: threadIds.affected ?? 0,
        autoReplies: autoReplies.affected ?? 0,
      };
    });
  }
}
