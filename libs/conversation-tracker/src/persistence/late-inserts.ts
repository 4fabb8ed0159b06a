import { type EntityManager, type ObjectLiteral } from 'typeorm';
import { insertRows, type OnConflict } from './insert-rows.js';

interface LateRows {
  entity: new () => ObjectLiteral;
  onConflict: OnConflict;
  rows: ObjectLiteral[];
}

/** The transactions that collect rows, by their manager. */
const collecting = new WeakMap<EntityManager, Map<string, LateRows>>();

/**
 * Inserts a row that nothing in its transaction reads: at the end of it, in one statement with all others of its table, where
 * the package runs the transaction, and at once in a transaction of the host's.
 * @param more.orIgnore passes over a row whose key stands there.
 * @param more.orRaise a column: where the key stands there, that row's value becomes this one's, if it is lower.
 */
export async function insertLate<Entity extends ObjectLiteral>(
  manager: EntityManager,
  entity: new () => Entity,
  row: Entity,
  { orIgnore = false, orRaise }: { orIgnore?: boolean; orRaise?: keyof Entity & string } = {},
): Promise<void> {
  const otherwise = orIgnore ? 'ignore' : 'fail';
  const onConflict = orRaise ? { raise: orRaise } : otherwise;
  const tables = collecting.get(manager);
  if (!tables) return insertRows(manager, entity, [row], onConflict);
  const key = `${entity.name} ${orRaise ?? otherwise}`;
  const table = tables.get(key) ?? { entity, onConflict, rows: [] };
  table.rows.push(row);
  tables.set(key, table);
}

/** Runs `work`, and then writes what it left to be inserted. */
export async function withLateInserts<T>(
  manager: EntityManager,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const tables = new Map<string, LateRows>();
  collecting.set(manager, tables);
  const result = await work(manager);
  for (const { entity, onConflict, rows } of tables.values()) {
    const all = typeof onConflict === 'object' ? highest(manager, entity, rows, onConflict.raise) : rows;
    await insertRows(manager, entity, all, onConflict);
  }
  return result;
}

/**
 * Of each key the row with the highest value, since PostgreSQL changes no row twice in one statement; in the order of their
 * keys, so that transactions wait for each other in one order.
 */
function highest(
  manager: EntityManager,
  entity: new () => ObjectLiteral,
  rows: readonly ObjectLiteral[],
  raised: string,
) {
  const { primaryColumns } = manager.connection.getMetadata(entity);
  const byKey = new Map<string, ObjectLiteral>();
  for (const row of rows) {
    const key = JSON.stringify(primaryColumns.map((column) => column.getEntityValue(row) as unknown));
    const known = byKey.get(key);
    if (!known || known[raised] < row[raised]) byKey.set(key, row);
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
