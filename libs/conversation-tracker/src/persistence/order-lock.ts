import { createHash } from 'node:crypto';
import { type EntityManager } from 'typeorm';
import { type OrderRef } from '../ports/order-source.js';

/**
 * Waits until no other transaction holds these orders, and holds them until its own ends: for what may not happen at the same
 * moment though the rows that tell of it are not there yet. PostgreSQL's advisory locks need no row
 * (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS).
 */
export async function lockOrders(manager: EntityManager, orders: readonly OrderRef[]): Promise<void> {
  const numbers = orders.map(lockNumber).toSorted((a, b) => (a < b ? -1 : 1));
  for (const number of numbers) await manager.query('SELECT pg_advisory_xact_lock($1)', [number.toString()]);
}

/** Two orders with one number wait for each other without need, no more. */
function lockNumber({ storeId, orderId }: OrderRef): bigint {
  return createHash('sha256')
    .update(JSON.stringify(['conversation-tracker', storeId, orderId]))
    .digest()
    .readBigInt64BE();
}
