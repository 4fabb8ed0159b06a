import { In, MoreThan } from 'typeorm';
import { firstIdAt } from '../../kernel/ids.js';
import { type TrackerDatabase } from '../../persistence/tracker-database.js';
import { type OrderRef } from '../../ports/order-source.js';
import { type StoreSettingsValues } from '../../settings/store-settings-values.js';
import { type MessageReader } from '../../timeline/message-reader.js';
import { Delivery } from '../delivery/delivery.entity.js';

const DAY_MS = 24 * 3_600_000;
/** For so long what was relayed is counted on in memory, each process for itself, before the rows are asked again. */
const COUNTED_MS = 30_000;
/** Orders and stores whose count is in memory; a forgotten one is counted anew. */
const MOST_COUNTS = 10_000;

export type Budgets = Pick<StoreSettingsValues, 'relayPerAliasPerDay' | 'relayPerStorePerDay'>;
export type BudgetFault = 'alias-budget' | 'store-budget';

/**
 * How much mail goes on in 24 hours, to one person of an order and in a whole store. What SMTP limits is how fast somebody sends;
 * this is how much somebody gets. What is above it is held, not refused.
 */
export class RelayBudget {
  private readonly counts = new Map<string, { count: number; asked: number }>();

  constructor(
    private readonly database: TrackerDatabase,
    private readonly reader: Pick<MessageReader, 'relayedOfOrder' | 'countRelayed'>,
    private readonly now: () => number,
  ) {}

  /** Why one more message must not go on, for each participant to whom it must not. */
  async faultsOf(
    order: OrderRef,
    participantIds: readonly string[],
    { relayPerAliasPerDay, relayPerStorePerDay }: Budgets,
  ): Promise<ReadonlyMap<string, BudgetFault>> {
    const all = (ids: readonly string[], fault: BudgetFault) => new Map(ids.map((id) => [id, fault]));
    const { storeId, orderId } = order;
    const since = this.now() - DAY_MS;
    const ofStore = () => this.reader.countRelayed({ storeId }, since);
    if (await this.isSpent(storeId, relayPerStorePerDay, ofStore)) return all(participantIds, 'store-budget');
    // As many to all of them together: so none of them had more.
    const ofOrder = () => this.reader.countRelayed(order, since);
    if (!(await this.isSpent(JSON.stringify(order), relayPerAliasPerDay, ofOrder))) return new Map();
    const relayed = await this.reader.relayedOfOrder(order, since);
    const deliveries = await this.database.manager.find(Delivery, {
      select: { id: true, participantId: true, messageId: true },
      where: { storeId, orderId, participantId: In([...participantIds]), messageId: MoreThan(firstIdAt(since)) },
    });
    const spent = participantIds.filter((id) => {
      const got = deliveries.filter(({ participantId, messageId }) => participantId === id && relayed.has(messageId));
      return got.length >= relayPerAliasPerDay;
    });
    return all(spent, 'alias-budget');
  }

  /** Counts one more; what is in memory says no, only the rows say yes. */
  private async isSpent(key: string, most: number, count: () => Promise<number>): Promise<boolean> {
    const now = this.now();
    const known = this.counts.get(key);
    if (known && now < known.asked + COUNTED_MS && known.count < most) {
      known.count += 1;
      return false;
    }
    const counted = await count();
    const [oldest] = this.counts.keys();
    if (this.counts.size >= MOST_COUNTS && oldest !== undefined) this.counts.delete(oldest);
    this.counts.set(key, { count: counted + 1, asked: now });
    return counted >= most;
  }
}
