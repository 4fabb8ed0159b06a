import { And, In, LessThan, MoreThan } from 'typeorm';
import { type TrackerDatabase } from '../../persistence/tracker-database.js';
import { type AgeRange } from '../../timeline/message-retention.js';
import { Delivery } from './delivery.entity.js';
import { type RawMessages } from './raw-messages.js';

/** Takes from a store's sent mail what is too old. Done again, it changes nothing more. */
export class MailRetention {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly raws: RawMessages,
  ) {}

  /** The finished copies; how each got on its way stays. Of the operator's mail, which stands on no timeline, all goes. */
  async dropCopies({ storeId, after, before, limit }: AgeRange): Promise<string[]> {
    const rows = await this.database.manager.find(Delivery, {
      where: { storeId, id: And(MoreThan(after), LessThan(before)) },
      order: { id: 'ASC' },
      take: limit,
    });
    await this.raws.delete(rows.map(({ rawKey }) => rawKey));
    const ofNoOrder = rows.filter(({ orderId }) => orderId === '').map(({ id }) => id);
    await this.database.transaction((manager) => manager.delete(Delivery, { id: In(ofNoOrder) }));
    return rows.map(({ id }) => id);
  }
}
