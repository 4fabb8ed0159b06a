import { And, In, LessThan, MoreThan } from 'typeorm';
import { eachAtOnce } from '../../kernel/each-at-once.js';
import { type TrackerDatabase } from '../../persistence/tracker-database.js';
import { partId } from '../relay/relay-ids.js';
import { Delivery } from './delivery.entity.js';
import { type RawMessages, rawKeyOf } from './raw-messages.js';

/** Raw messages that are in memory at once, of up to 25 MiB each. */
const AT_ONCE = 4;

/** Brings raw messages under the current key of their store: as they came in, and as they were sent. */
export class MailResealing {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly raws: RawMessages,
  ) {}

  /** As they were sent. @returns the ids of the deliveries between two ids that it has been through, at most `limit`. */
  async reseal(storeId: string, after: string, before: string, limit: number): Promise<string[]> {
    const where = { storeId, id: And(MoreThan(after), LessThan(before)) };
    const rows = await this.database.manager.find(Delivery, { where, order: { id: 'ASC' }, take: limit });
    await eachAtOnce(rows, AT_ONCE, ({ rawKey }) => this.raws.reseal(storeId, rawKey));
    // One that was erased meanwhile must not be back.
    const left = await this.database.manager.findBy(Delivery, { id: In(rows.map(({ id }) => id)) });
    const there = new Set(left.map(({ id }) => id));
    await this.raws.delete(rows.filter(({ id }) => !there.has(id)).map(({ rawKey }) => rawKey));
    return rows.map(({ id }) => id);
  }

  /** As messages came in. */
  async resealOriginals(storeId: string, messageIds: readonly string[]): Promise<void> {
    await eachAtOnce(messageIds, AT_ONCE, (id) => this.raws.reseal(storeId, rawKeyOf(storeId, partId(id, 'original'))));
  }
}
