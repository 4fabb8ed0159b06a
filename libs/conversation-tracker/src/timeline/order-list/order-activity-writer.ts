import { type EntityManager } from 'typeorm';
import { insertLate } from '../../persistence/late-inserts.js';
import { type OrderRef } from '../../ports/order-source.js';
import { OrderActivity } from './order-activity.entity.js';
import { orderSearchKey } from './order-search-key.js';

/** Notes the newest entry of an order, in the transaction that writes the entry: one statement for all its orders. */
export async function noteActivity(
  manager: EntityManager,
  { storeId, orderId }: OrderRef,
  lastEntryId: string,
): Promise<void> {
  const row = { storeId, orderId, searchKey: orderSearchKey(orderId), lastEntryId, readUpTo: null };
  await insertLate(manager, OrderActivity, row, { orRaise: 'lastEntryId' });
}
