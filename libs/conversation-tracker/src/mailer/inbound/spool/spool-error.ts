/** Why the spool did not take a message; whoever brought it is asked to come back (R1). */
export class SpoolError extends Error {
  constructor(
    /** `full`: no room on the disk (452 4.3.1); `failed`: the disk did not do what was asked (451 4.3.0). */
    readonly reason: 'full' | 'failed',
    options?: ErrorOptions,
  ) {
    super(reason === 'full' ? 'no room is left for the spool' : 'the spool could not be written', options);
    this.name = 'SpoolError';
  }

  static from(error: unknown): SpoolError {
    if (error instanceof SpoolError) return error;
    return new SpoolError(isFull(error) ? 'full' : 'failed', { cause: error });
  }
}

/** A quota that is used up is a full disk for whoever writes. */
function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
