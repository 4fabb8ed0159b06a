import { type EntityManager, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { toPowerOfTwo } from './shared-reads.js';
import { TableText } from './table-text.js';

/**
 * Rows by a column that has an index.
 * @param more.only the properties that are read. @default all
 * @param more.isHeld holds them until the transaction ends, where the database has more than one writer at a time; in the order
 * of their keys, so that nobody waits in a circle.
 */
export async function readByKey<Entity extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Entity>,
  key: keyof Entity & string,
  keys: readonly string[],
  { only, isHeld = false }: { only?: readonly (keyof Entity & string)[]; isHeld?: boolean } = {},
): Promise<Entity[]> {
  const text = TableText.of(manager, entity);
  const values = toPowerOfTwo(keys);
  const columns = only?.map((property) => text.column(property)).join(', ') ?? text.columns;
  const held = isHeld ? ` ORDER BY ${text.column(key)} FOR UPDATE` : '';
  const rows: ObjectLiteral[] = await manager.query(
    `SELECT ${columns} FROM ${text.table} WHERE ${text.column(key)} IN (${text.places(values.length, 0)})${held}`,
    values,
  );
  return rows.map((row) => text.entityOf(row));
}

/** Changes rows by a column that has an index, all of them alike. */
export async function updateByKey<Entity extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Entity>,
  key: keyof Entity & string,
  keys: readonly string[],
  change: Partial<Entity>,
): Promise<void> {
  const text = TableText.of(manager, entity);
  const changed = Object.keys(change) as (keyof Entity & string)[];
  const set = changed.map((property, nth) => `${text.column(property)} = ${text.place(nth)}`).join(', ');
  const values = toPowerOfTwo(keys);
  await manager.query(
    `UPDATE ${text.table} SET ${set} WHERE ${text.column(key)} IN (${text.places(values.length, changed.length)})`,
    [...changed.map((property) => text.valueOf(property, change)), ...values],
  );
}
