import { type EntityManager, type EntityTarget, type ObjectLiteral } from 'typeorm';

/** So many keys at once; more wait for the next statement. */
const MOST = 64;

interface Asked<Row> {
  key: string;
  resolve: (rows: Row[]) => void;
  reject: (error: unknown) => void;
}

/**
 * Reads rows by a column, outside of transactions: all that are asked for at one moment, or while a statement runs, share the
 * next one. Nobody gets an answer that is older than the question. The text of the statement is made once for each of a few
 * numbers of keys: TypeORM takes longer for it than SQLite for the answer.
 */
export class RowsByKey<Entity extends ObjectLiteral> {
  private waiting: Asked<Entity>[] = [];
  private running = false;
  /** By how many keys are asked for. */
  private readonly texts = new Map<number, string>();

  /** @param key a property whose column has an index. */
  constructor(
    private readonly database: { readonly manager: EntityManager },
    private readonly entity: EntityTarget<Entity>,
    private readonly key: keyof Entity & string,
  ) {}

  find(key: string): Promise<Entity[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, resolve, reject });
      if (this.running) return;
      this.running = true;
      // Once all that arrived with this one have asked.
      setImmediate(() => void this.run());
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) await this.answer(this.waiting.splice(0, MOST));
    this.running = false;
  }

  private async answer(asked: readonly Asked<Entity>[]): Promise<void> {
    try {
      const found = await this.read([...new Set(asked.map(({ key }) => key))]);
      for (const { key, resolve } of asked) resolve(found.filter((row) => row[this.key] === key));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  private async read(keys: readonly string[]): Promise<Entity[]> {
    // The last one is asked for again.
    const size = 2 ** Math.ceil(Math.log2(keys.length));
    const values = Array.from({ length: size }, (_, n) => keys[Math.min(n, keys.length - 1)]);
    const rows: ObjectLiteral[] = await this.database.manager.query(this.textFor(size), values);
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
