import { type FieldError, TrackerError } from '../../kernel/errors.js';

const SHORTEST = 5;
const LONGEST = 500;
/** R45: the reason is kept in clear. All the signs that Unicode folds to an at sign. */
const AT_SIGN = /[@\u{fe6b}\u{ff20}]/u;

/** How a caller asks for real addresses; anything may stand in a request. */
export interface RevealQuery {
  addresses?: unknown;
  reason?: unknown;
}

/**
 * @returns whether real addresses are asked for.
 * @throws TrackerError `invalid-input` for a word that is neither `alias` nor `real`.
 */
export function asksForRealAddresses({ addresses = 'alias' }: RevealQuery): boolean {
  if (addresses === 'alias' || addresses === 'real') return addresses === 'real';
  throw refuse({ field: 'addresses', message: 'must be alias or real' });
}

/** @throws TrackerError `invalid-input` where no reason is given that can be kept. */
export function requireReason({ reason }: Pick<RevealQuery, 'reason'>): string {
  const text = typeof reason === 'string' ? reason.trim() : '';
  if (text.length >= SHORTEST && text.length <= LONGEST && !AT_SIGN.test(text) && !/\p{Cc}/u.test(text)) return text;
  const message = `must say on one line of ${SHORTEST} to ${LONGEST} characters, without an address, why you need to see real ones`;
  throw refuse({ field: 'reason', message });
}

const refuse = (error: FieldError) => new TrackerError('invalid-input', `correct ${error.field}`, [error]);
