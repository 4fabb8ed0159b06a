import { setTimeout as sleep } from 'node:timers/promises';

const ATTEMPTS = 10;
const PAUSE_MS = 20;

/**
 * SQLITE_BUSY: another connection wrote between the transaction's first read and its first write; SQLite answers that at
 * once, whatever the busy time-out (https://sqlite.org/isolation.html). 40P01, 40001: PostgreSQL broke a deadlock, or the
 * host runs its transactions serializable (https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html).
 */
const CONFLICT = /^(SQLITE_BUSY(_\w+)?|40P01|40001)$/;

export function isConflict(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CONFLICT.test(String(error.code));
}

/**
 * Runs a transaction again that the database took back because of another one.
 * @param transaction is told which attempt it is, from 1.
 * @throws the last error, when ten attempts in about a second were not enough.
 */
export async function retryConflicts<T>(transaction: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(attempt);
    } catch (error) {
      if (!isConflict(error) || attempt === ATTEMPTS) throw error;
      await sleep(PAUSE_MS * attempt);
    }
  }
}
