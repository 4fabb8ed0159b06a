import { type EntityManager, type EntityTarget, type ObjectLiteral } from 'typeorm';

/** Of the tables in question a row has some fifteen columns: far below the 32,766 parameters of SQLite. */
const ROWS_PER_INSERT = 250;

interface LateRows {
  entity: EntityTarget<ObjectLiteral>;
  isIgnored: boolean;
  rows: ObjectLiteral[];
}

/** The transactions that collect rows, by their manager. */
const collecting = new WeakMap<EntityManager, Map<string, LateRows>>();

/**
 * Inserts a row that nothing in its transaction reads: at the end of it, in one statement with all others of its table, where
 * the package runs the transaction, and at once in a transaction of the host's.
 * @param more.orIgnore passes over a row whose key stands there.
 */
export async function insertLate<Entity extends ObjectLiteral>(
  manager: EntityManager,
  entity: new () => Entity,
  row: Entity,
  { orIgnore = false }: { orIgnore?: boolean } = {},
): Promise<void> {
  const tables = collecting.get(manager);
  if (!tables) return insertRows(manager, { entity, isIgnored: orIgnore, rows: [row] });
  const key = `${entity.name} ${orIgnore}`;
  const table = tables.get(key) ?? { entity, isIgnored: orIgnore, rows: [] };
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
  for (const table of tables.values()) await insertRows(manager, table);
  return result;
}

async function insertRows(manager: EntityManager, { entity, isIgnored, rows }: LateRows): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
    const insert = manager
      .createQueryBuilder()
      .insert()
      .into(entity)
      .values(rows.slice(start, start + ROWS_PER_INSERT))
      .updateEntity(false);
    await (isIgnored ? insert.orIgnore() : insert).execute();
  }
}
