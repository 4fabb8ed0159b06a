import { In } from 'typeorm';
import { type TrackerDatabase } from '../../persistence/tracker-database.js';
import { Delivery } from './delivery.entity.js';
import { type RawMessages } from './raw-messages.js';

/** Reads whole messages for those whose they are. */
export class MailCopies {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly raws: RawMessages,
  ) {}

  /** The copy of a message that went to one of these people; `undefined` where none did, or it is not kept any more. */
  async sentTo(
    { id: messageId, storeId }: { id: string; storeId: string },
    participantIds: readonly string[],
  ): Promise<Buffer | undefined> {
    const copies = await this.database.manager.find(Delivery, {
      where: { storeId, messageId, participantId: In([...participantIds]) },
      order: { id: 'ASC' },
      take: 1,
    });
    const [copy]: (Delivery | undefined)[] = copies;
    return copy && this.raws.get(storeId, copy.rawKey);
  }

  /** A message as it came in. */
  async original({ storeId, rawKey }: { storeId: string; rawKey: string | null }): Promise<Buffer | undefined> {
    return rawKey === null ? undefined : this.raws.get(storeId, rawKey);
  }
}
