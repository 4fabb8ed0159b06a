import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';

/**
 * Runs each change in a transaction of its own, one after the other. TypeORM shares one SQLite connection per DataSource:
 * two transactions that overlap would become parts of each other, and one's rollback would undo the other's work.
 */
@Injectable()
export class Transactions {
  private last: Promise<unknown> = Promise.resolve();

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const result = this.last.then(() =>
      this.dataSource.transaction(async (manager) => {
        // SQLite's BEGIN takes no lock. A transaction that reads first and writes later fails at once, without waiting, when
        // another connection wrote in between; one that starts with a write waits its turn (busyTimeout).
        await manager.query('UPDATE oms_order SET status = status WHERE 1 = 0');
        return work(manager);
      }),
    );
    this.last = result.catch(() => undefined);
    return result;
  }
}
