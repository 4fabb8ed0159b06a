/** https://www.postgresql.org/docs/current/errcodes-appendix.html: unique_violation. */
const UNIQUE_VIOLATION = '23505';

/** Whether a transaction failed because a key that it wrote stood there already. */
export function isTaken(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // SQLite has one code for all kinds of constraints.
  return ('code' in error && error.code === UNIQUE_VIOLATION) || error.message.includes('UNIQUE constraint failed');
}
