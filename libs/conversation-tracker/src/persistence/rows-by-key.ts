import { type EntityManager, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { readByKey } from './by-key.js';
import { SharedReads } from './shared-reads.js';

/**
 * Reads rows by a column, outside of transactions: all that are asked for at one moment, or while a statement runs, share the
 * next one. Nobody gets an answer that is older than the question.
 */
export class RowsByKey<Entity extends ObjectLiteral> {
  private readonly reads = new SharedReads(async (keys) => {
    const found = await readByKey(this.database.manager, this.entity, this.key, keys);
    return (key) => found.filter((row) => row[this.key] === key);
  });

  /** @param key a property whose column has an index. */
  constructor(
    private readonly database: { readonly manager: EntityManager },
    private readonly entity: EntityTarget<Entity>,
    private readonly key: keyof Entity & string,
  ) {}

  find(key: string): Promise<Entity[]> {
    return this.reads.find(key);
  }
}
