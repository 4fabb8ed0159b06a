import { setTimeout as sleep } from 'node:timers/promises';

const ATTEMPTS = 10;
const PAUSE_MS = 20;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
}

/**
 * Runs a transaction again when another connection wrote between its first read and its first write: SQLite answers that
 * at once, whatever the busy time-out (https://sqlite.org/isolation.html).
 * @throws the last error, when ten attempts in about a second were not enough.
 */
export async function retryWhileBusy<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      if (!isBusy(error) || attempt === ATTEMPTS) throw error;
      await sleep(PAUSE_MS * attempt);
    }
  }
}
