import { type EntityManager, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { SharedReads, toPowerOfTwo } from './shared-reads.js';

/**
 * Reads rows by a column, outside of transactions: all that are asked for at one moment, or while a statement runs, share the
 * next one. Nobody gets an answer that is older than the question. The text of the statement is made once for each of a few
 * numbers of keys: TypeORM takes longer for it than SQLite for the answer.
 */
export class RowsByKey<Entity extends ObjectLiteral> {
  private readonly reads = new SharedReads(async (keys) => {
    const found = await this.read(keys);
    return (key) => found.filter((row) => row[this.key] === key);
  });
  /** By how many keys are asked for. */
  private readonly texts = new Map<number, string>();

  /** @param key a property whose column has an index. */
  constructor(
    private readonly database: { readonly manager: EntityManager },
    private readonly entity: EntityTarget<Entity>,
    private readonly key: keyof Entity & string,
  ) {}

  find(key: string): Promise<Entity[]> {
    return this.reads.find(key);
  }

  private async read(keys: readonly string[]): Promise<Entity[]> {
    const values = toPowerOfTwo(keys);
    const rows: ObjectLiteral[] = await this.database.manager.query(this.textFor(values.length), values);
    const { driver } = this.database.manager.connection;
    const { columns } = this.metadata;
    return rows.map((row) => {
      const entity: ObjectLiteral = {};
      for (const column of columns) {
        entity[column.propertyName] = driver.prepareHydratedValue(row[column.databaseName], column) as unknown;
      }
      return entity as Entity;
    });
  }

  private textFor(size: number): string {
    const known = this.texts.get(size);
    if (known !== undefined) return known;
    const { driver } = this.database.manager.connection;
    const { columns, tablePath } = this.metadata;
    const names = columns.map(({ databaseName }) => driver.escape(databaseName));
    const table = tablePath.split('.').map((name) => driver.escape(name));
    const column = driver.escape(this.metadata.findColumnWithPropertyName(this.key)!.databaseName);
    const places = Array.from({ length: size }, (_, n) => driver.createParameter('', n));
    const text = `SELECT ${names.join(', ')} FROM ${table.join('.')} WHERE ${column} IN (${places.join(', ')})`;
    this.texts.set(size, text);
    return text;
  }

  private get metadata() {
    return this.database.manager.connection.getMetadata(this.entity);
  }
}
