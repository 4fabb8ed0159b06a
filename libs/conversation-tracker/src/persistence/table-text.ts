import { type EntityManager, type EntityMetadata, type EntityTarget, type ObjectLiteral } from 'typeorm';

/** By entity of a DataSource, since names depend on the database and the host's schema. */
const texts = new WeakMap<EntityMetadata, TableText<ObjectLiteral>>();

/**
 * A table as statements name it that are written by hand: where one is asked for each message, TypeORM's builder takes longer to
 * make it than the database to answer, and puts numbers into its text, so that no two are the same.
 */
export class TableText<Entity extends ObjectLiteral> {
  /** With its schema. */
  readonly table: string;
  /** All of them, in the order of the entity. */
  readonly columns: string;
  private readonly byProperty: Map<string, { name: string; column: EntityMetadata['columns'][number] }>;

  private constructor(
    private readonly manager: EntityManager,
    metadata: EntityMetadata,
  ) {
    const { driver } = manager.connection;
    this.table = metadata.tablePath
      .split('.')
      .map((name) => driver.escape(name))
      .join('.');
    const named = metadata.columns.map((column) => ({ name: driver.escape(column.databaseName), column }));
    this.byProperty = new Map(named.map((one) => [one.column.propertyName, one]));
    this.columns = named.map(({ name }) => name).join(', ');
  }

  static of<Entity extends ObjectLiteral>(manager: EntityManager, entity: EntityTarget<Entity>): TableText<Entity> {
    const metadata = manager.connection.getMetadata(entity);
    const known = texts.get(metadata);
    if (known) return known as TableText<Entity>;
    const text = new TableText<Entity>(manager.connection.manager, metadata);
    texts.set(metadata, text);
    return text;
  }

  column(property: keyof Entity & string): string {
    return this.byProperty.get(property)!.name;
  }

  /** The statement's nth parameter, from 0; SQLite counts them as they come in the text. */
  place(nth: number): string {
    return this.manager.connection.driver.createParameter('', nth);
  }

  /** A list of so many parameters, the first of which is the statement's nth. */
  places(count: number, nth: number): string {
    return Array.from({ length: count }, (_, n) => this.place(nth + n)).join(', ');
  }

  /** What a statement is given for a property of an entity. */
  valueOf(property: keyof Entity & string, entity: Partial<Entity>): unknown {
    const { column } = this.byProperty.get(property)!;
    return this.manager.connection.driver.preparePersistentValue(column.getEntityValue(entity), column) as unknown;
  }

  /** What was read of a row. */
  entityOf(row: ObjectLiteral): Entity {
    const { driver } = this.manager.connection;
    const entity: ObjectLiteral = {};
    for (const [property, { column }] of this.byProperty) {
      const value = row[column.databaseName] as unknown;
      if (value !== undefined) entity[property] = driver.prepareHydratedValue(value, column) as unknown;
    }
    return entity as Entity;
  }
}
