import { toUSVString } from 'node:util';
import { type EntityManager, type EntityMetadata, type EntityTarget, type ObjectLiteral } from 'typeorm';

/** Of the tables in question a row has some fifteen columns: far below the 32,766 parameters of SQLite. */
const ROWS_PER_INSERT = 250;

/** What happens to a row whose key stands there: it fails the transaction, is passed over, or raises one column of that row. */
export type OnConflict = 'fail' | 'ignore' | { raise: string };

interface TableText {
  /** `INSERT INTO … (…) `. */
  head: string;
  /** Of the table, and of its columns, as they stand in SQL. */
  name: string;
  names: string;
  columns: EntityMetadata['columns'];
}

interface Values {
  text: string;
  parameters: unknown[];
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
  const table = textOf(manager, metadata);
  const { columns } = table;
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
    const some = rows.slice(start, start + ROWS_PER_INSERT);
    const values = some.map((row) => columns.map((column) => valueOf(manager, column, row)));
    const { text, parameters } = driver.options.type === 'postgres' ? asJson(table, values) : asList(driver, values);
    await manager.query(`${table.head}${text}${tailOf(manager, metadata, onConflict)}`, parameters);
  }
}

/** PostgreSQL reads one text of JSON, and the types from its own table, sooner than thousands of parameters. */
function asJson({ name, names, columns }: TableText, values: readonly unknown[][]): Values {
  const rows = values.map((row) =>
    Object.fromEntries(columns.map(({ databaseName }, n) => [databaseName, jsonOf(row[n])])),
  );
  const text = `SELECT ${names} FROM json_populate_recordset(NULL::${name}, $1::json)`;
  return { text, parameters: [JSON.stringify(rows)] };
}

function jsonOf(value: unknown): unknown {
  // Half of a surrogate pair is no text to PostgreSQL; in a parameter Node writes U+FFFD for it, too.
  if (typeof value === 'string') return toUSVString(value);
  return Buffer.isBuffer(value) ? String.raw`\x${value.toString('hex')}` : value;
}

function asList(driver: EntityManager['connection']['driver'], values: readonly unknown[][]): Values {
  const rows = values.map((row, nth) => {
    const first = nth * row.length;
    return `(${row.map((_value, n) => driver.createParameter('', first + n)).join(', ')})`;
  });
  return { text: `VALUES ${rows.join(', ')}`, parameters: values.flat() };
}

function textOf({ connection: { driver } }: EntityManager, metadata: EntityMetadata): TableText {
  const known = texts.get(metadata);
  if (known) return known;
  const { columns, tablePath } = metadata;
  const name = tablePath
    .split('.')
    .map((part) => driver.escape(part))
    .join('.');
  const names = columns.map(({ databaseName }) => driver.escape(databaseName)).join(', ');
  const text = { head: `INSERT INTO ${name} (${names}) `, name, names, columns };
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
