import { createHash } from 'node:crypto';
import { type DataSource, QueryFailedError } from 'typeorm';

/**
 * What a pool behind the server's back says to prepared statements: a connection that does not know one, one that knows it
 * already (PgBouncer before 1.21, and where its max_prepared_statements is 0), or one that was prepared before a migration.
 */
const NOT_PREPARED = new Set(['26000', '42P05', '0A000']);

/** What this module uses of the pool of pg. */
interface Pool {
  query(asked: { name?: string; text: string; values: readonly unknown[] }): Promise<{ rows: unknown[] }>;
}

/** What it uses of a connection of sqlite3. */
interface Connection {
  all(text: string, parameters: readonly unknown[], answer: (error: Error | null, rows: unknown[]) => void): unknown;
}

type Read = (text: string, parameters: readonly unknown[]) => Promise<unknown[]>;

/**
 * Reads rows outside of transactions by the driver itself, on PostgreSQL by statements that a connection prepares once: half of
 * what a small query costs is TypeORM's way to it, or that the server reads and plans the text again. For statements of a few
 * texts that are asked for again and again. What the host's logger is told of a query it is told here too.
 */
export class DriverReads {
  private readonly byDriver: Read | undefined;
  private readonly names = new Map<string, string>();
  private mayPrepare = true;

  constructor(private readonly dataSource: DataSource) {
    this.byDriver = this.chooseDriver();
  }

  /** @throws QueryFailedError as TypeORM does. */
  async read<Row>(text: string, parameters: readonly unknown[]): Promise<Row[]> {
    const { dataSource, byDriver } = this;
    if (!byDriver || !dataSource.isInitialized) return dataSource.query<Row[]>(text, [...parameters]);
    dataSource.logger.logQuery(text, [...parameters]);
    try {
      return (await byDriver(text, parameters)) as Row[];
    } catch (error) {
      dataSource.logger.logQueryError(error as Error, text, [...parameters]);
      throw new QueryFailedError(text, [...parameters], error as Error);
    }
  }

  /** `undefined` where TypeORM alone knows the way, or tells others of each query. */
  private chooseDriver(): Read | undefined {
    const { options, subscribers } = this.dataSource;
    if (subscribers.length > 0 || options.maxQueryExecutionTime) return undefined;
    // Asked for each time: a DataSource that was closed and opened again has others.
    const driver = this.dataSource.driver as unknown as { master?: Pool; databaseConnection?: Connection };
    if (options.type === 'postgres' && driver.master) {
      return (text, values) => this.prepared(driver.master!, text, values);
    }
    if (options.type === 'sqlite' && driver.databaseConnection) {
      return (text, values) => readSqlite(driver.databaseConnection!, text, values);
    }
    return undefined;
  }

  private async prepared(pool: Pool, text: string, values: readonly unknown[]): Promise<unknown[]> {
    if (this.mayPrepare) {
      try {
        const { rows } = await pool.query({ name: this.nameOf(text), text, values });
        return rows;
      } catch (error) {
        if (!NOT_PREPARED.has((error as { code?: string }).code ?? '')) throw error;
        this.mayPrepare = false;
      }
    }
    const { rows } = await pool.query({ text, values });
    return rows;
  }

  /** Another text has another name, also of another version of the package behind the same pooler. */
  private nameOf(text: string): string {
    const known = this.names.get(text);
    if (known !== undefined) return known;
    const name = `ct_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
    this.names.set(text, name);
    return name;
  }
}

function readSqlite(connection: Connection, text: string, parameters: readonly unknown[]): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    connection.all(text, parameters, (error, rows) => (error ? reject(error) : resolve(rows)));
  });
}
