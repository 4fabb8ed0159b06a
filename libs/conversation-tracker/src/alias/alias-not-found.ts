import { TrackerError } from '../kernel/errors.js';

/** The same for an alias that never was, one of another store and one of an erased person. */
export function aliasNotFound(): TrackerError {
  return new TrackerError('alias-not-found', 'this store has no alias with that id');
}
