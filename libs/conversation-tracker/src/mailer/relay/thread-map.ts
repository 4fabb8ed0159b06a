import { type EntityManager, In } from 'typeorm';
import { type ThreadMessage } from '../../message/thread.js';
import { type KeyRing } from '../../persistence/key-ring.js';
import { insertLate } from '../../persistence/late-inserts.js';
import { type TrackerDatabase } from '../../persistence/tracker-database.js';
import { type OrderRef } from '../../ports/order-source.js';
import { type TimelineService } from '../../timeline/timeline.service.js';
import { MessageRef } from './message-ref.entity.js';

/** Which message of its order a Message-ID names, whether it is ours or the one with which the message came (R33). */
export class ThreadMap {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly keys: KeyRing,
    private readonly timeline: Pick<TimelineService, 'threadMessages'>,
  ) {}

  /**
   * Remembers with which id a message came, in the transaction that records the message. An id that names a message of the
   * order already goes on naming that one: who sends it again cannot take the thread over.
   *
   * @param messageRowId of the message on the timeline
   * @param originalMessageId in angle brackets
   */
  async record(
    manager: EntityManager,
    order: OrderRef,
    messageRowId: string,
    originalMessageId: string,
  ): Promise<void> {
    const { storeId, orderId } = order;
    const row = { id: this.refId(order, originalMessageId), storeId, orderId, messageId: messageRowId };
    await insertLate(manager, MessageRef, row, { orIgnore: true });
  }

  /** What `ids` name in that order; those that name nothing there are missing. Two queries at most. */
  async resolve(order: OrderRef, ids: readonly string[]): Promise<Map<string, ThreadMessage & { rowId: string }>> {
    const found = new Map<string, ThreadMessage & { rowId: string }>();
    if (ids.length === 0) return found;
    const rows = await this.rowsOf(order, ids);
    const messages = await this.timeline.threadMessages(order, { ids: [...rows.values()], messageIds: ids });
    const byOwnId = new Map([...messages].map(([rowId, { messageId }]) => [messageId, rowId]));
    for (const id of ids) {
      const rowId = byOwnId.get(id) ?? rows.get(id) ?? '';
      const message = messages.get(rowId);
      if (message) found.set(id, { rowId, ...message });
    }
    return found;
  }

  /** Row ids by Message-ID, under every key that the installation had. */
  private async rowsOf(order: OrderRef, ids: readonly string[]): Promise<Map<string, string>> {
    const refs = new Map(
      this.keys.index.ids.flatMap((keyId) => ids.map((id) => [this.refId(order, id, keyId), id] as const)),
    );
    const { storeId, orderId } = order;
    const rows = await this.database.manager.findBy(MessageRef, { id: In([...refs.keys()]), storeId, orderId });
    return new Map(rows.map(({ id, messageId }) => [refs.get(id)!, messageId]));
  }

  private refId({ storeId, orderId }: OrderRef, messageId: string, keyId?: string): string {
    return this.keys.index.hmac(JSON.stringify(['message-ref', storeId, orderId, messageId]), keyId);
  }
}
