import { type EntityManager, type EntityMetadata, type EntityTarget, type ObjectLiteral } from 'typeorm';

/** Of the tables in question a row has some fifteen columns: far below the 32,766 parameters of SQLite. */
const ROWS_PER_INSERT = 250;

/** What happens to a row whose key stands there: it fails the transaction, is passed over, or raises one column of that row. */
export type OnConflict = 'fail' | 'ignore' | { raise: string };

interface TableText {
  /** `INSERT INTO … (…) VALUES `. */
  head: string;
  columns: EntityMetadata['columns'];
}

/** By entity of a DataSource, since its texts depend on the database and the host's schema. */
const texts = new WeakMap<EntityMetadata, TableText>();

/**
 * Inserts rows in one statement for some hundred of them. What TypeORM's builder works out anew for each statement is worked
 * out once: where a message is a dozen rows, that costs more than the rows.
 */
export async function insertRows<Entity extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Entity>,
  rows: readonly ObjectLiteral[],
  onConflict: OnConflict = 'fail',
): Promise<void> {
  const { driver } = manager.connection;
  const metadata = manager.connection.getMetadata(entity);
  const { head, columns } = textOf(manager, metadata);
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
    const some = rows.slice(start, start + ROWS_PER_INSERT);
    const values = some.map((_, row) => {
      const first = row * columns.length;
      return `(${columns.map((_column, n) => driver.createParameter('', first + n)).join(', ')})`;
    });
    const parameters = some.flatMap((row) => columns.map((column) => valueOf(manager, column, row)));
    await manager.query(`${head}${values.join(', ')}${tailOf(manager, metadata, onConflict)}`, parameters);
  }
}

function textOf({ connection: { driver } }: EntityManager, metadata: EntityMetadata): TableText {
  const known = texts.get(metadata);
  if (known) return known;
  const { columns, tablePath } = metadata;
  const table = tablePath.split('.').map((name) => driver.escape(name));
  const names = columns.map(({ databaseName }) => driver.escape(databaseName));
  const text = { head: `INSERT INTO ${table.join('.')} (${names.join(', ')}) VALUES `, columns };
  texts.set(metadata, text);
  return text;
}

function valueOf({ connection: { driver } }: EntityManager, column: EntityMetadata['columns'][number], row: object) {
  const value = column.getEntityValue(row) as unknown;
  return driver.preparePersistentValue(value === undefined ? (column.default ?? null) : value, column) as unknown;
}

/** SQLite (since 3.24) and PostgreSQL have it in the same words. */
function tailOf({ connection: { driver } }: EntityManager, metadata: EntityMetadata, onConflict: OnConflict): string {
  if (onConflict === 'fail') return '';
  if (onConflict === 'ignore') return ' ON CONFLICT DO NOTHING';
  const key = metadata.primaryColumns.map(({ databaseName }) => driver.escape(databaseName)).join(', ');
  const raised = driver.escape(metadata.findColumnWithPropertyName(onConflict.raise)!.databaseName);
  const there = `${driver.escape(metadata.tableName)}.${raised}`;
  return ` ON CONFLICT (${key}) DO UPDATE SET ${raised} = excluded.${raised} WHERE ${there} < excluded.${raised}`;
}
