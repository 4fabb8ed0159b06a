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
    const canceled = await this.cancel(mine);
    const deliveries = await this.database.manager.findBy(Delivery, mine);
    // Also where rows are gone already: somebody may have written a copy again while it was erased.
    const parts = [partId(messageId, 'original'), ...deliveryIds].map((id) => rawKeyOf(storeId, id));
    await this.raws.delete([...new Set([...deliveries.map(({ rawKey }) => rawKey), ...parts])]);
    if (deliveries.length === 0 && !(await this.isFollowed(mine))) {
      return { deliveries: 0, deliveriesCanceled: canceled, rawMessages: 0, threadIds: 0, autoReplies: 0 };
    }
    return this.database.transaction(async (manager) => {
      await manager.delete(Delivery, { id: In(deliveries.map(({ id }) => id)) });
      const threadIds = await manager.delete(MessageRef, mine);
      const autoReplies = await manager.delete(AutoReply, mine);
      return {
        deliveries: deliveries.length,
        deliveriesCanceled: canceled,
        rawMessages: deliveries.length,
        threadIds: threadIds.affected ?? 0,
        autoReplies: autoReplies.affected ?? 0,
      };
    });
  }

  /** A transaction is only begun where there is something to change: most messages were sent long ago. */
  private async cancel(mine: { storeId: string; messageId: string }): Promise<number> {
    const waiting = { ...mine, state: In(['queued', 'deferred'] as const) };
    if (!(await this.database.manager.existsBy(Delivery, waiting))) return 0;
    const canceled = await this.database.transaction((manager) =>
      manager.update(Delivery, waiting, { state: 'canceled' }),
    );
    return canceled.affected ?? 0;
  }

  private async isFollowed(mine: { storeId: string; messageId: string }): Promise<boolean> {
    const { manager } = this.database;
    return (await manager.existsBy(MessageRef, mine)) || manager.existsBy(AutoReply, mine);
  }
}
