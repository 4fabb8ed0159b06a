import { type EntityManager, LessThan } from 'typeorm';
import { type OrderRef } from '../../ports/order-source.js';
import { OrderActivity } from './order-activity.entity.js';
import { orderSearchKey } from './order-search-key.js';

/** Notes the newest entry of an order, in the transaction that writes the entry. One statement but for an order's first. */
export async function noteActivity(manager: EntityManager, order: OrderRef, lastEntryId: string): Promise<void> {
  if (await moveOn(manager, order, lastEntryId)) return;
  const { storeId, orderId } = order;
  const row = { storeId, orderId, searchKey: orderSearchKey(orderId), lastEntryId, readUpTo: null };
  const insert = manager.createQueryBuilder().insert().into(OrderActivity).values(row);
  await insert.orIgnore().updateEntity(false).execute();
  // Another transaction may have written the row with an older entry, while this one waited for it.
  await moveOn(manager, order, lastEntryId);
}

async function moveOn(manager: EntityManager, { storeId, orderId }: OrderRef, lastEntryId: string): Promise<boolean> {
  const behind = { storeId, orderId, lastEntryId: LessThan(lastEntryId) };
  const { affected } = await manager.update(OrderActivity, behind, { lastEntryId });
  return affected === 1;
}
