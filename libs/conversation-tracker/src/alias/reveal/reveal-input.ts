import { parseEmailAddress } from '../../kernel/email-address.js';
import { type FieldError, TrackerError } from '../../kernel/errors.js';

const MOST_AT_ONCE = 50;
/** RFC 5321 §4.5.3.1.3, without the angle brackets. */
const LONGEST_ADDRESS = 254;

export interface RevealRequest {
  aliases: string[];
  /** Whether several were asked for at once. */
  batch: boolean;
}

export interface MatchQuestion {
  alias: string;
  address: string;
}

/** @throws TrackerError `invalid-input` naming the fields that are wrong. */
export function parseReveal(body: unknown): RevealRequest {
  const { alias, aliases } = fieldsOf(body);
  const errors: FieldError[] = [];
  const batch = aliases !== undefined;
  if (batch === (alias !== undefined)) {
    errors.push({ field: 'alias', message: 'must be given, or aliases in its place' });
  } else if (!batch && !isAlias(alias))
    errors.push({ field: 'alias', message: 'must be an alias, as a mail shows it' });
  else if (batch && !isList(aliases)) {
    errors.push({ field: 'aliases', message: `must be 1 to ${MOST_AT_ONCE} aliases, as mails show them` });
  }
  refuse(errors);
  return { aliases: (batch ? aliases : [alias]) as string[], batch };
}

/** @throws TrackerError `invalid-input` naming the fields that are wrong. */
export function parseMatch(body: unknown): MatchQuestion {
  const { alias, address } = fieldsOf(body);
  const errors: FieldError[] = [];
  if (!isAlias(alias)) errors.push({ field: 'alias', message: 'must be an alias, as a mail shows it' });
  const parsed =
    typeof address === 'string' && address.length <= LONGEST_ADDRESS ? parseEmailAddress(address) : undefined;
  if (!parsed) errors.push({ field: 'address', message: 'must be an e-mail address' });
  refuse(errors);
  return { alias: alias as string, address: parsed!.address };
}

const fieldsOf = (body: unknown) => Object(body) as Record<string, unknown>;

/** What is no alias of ours is one that nobody has. */
function isAlias(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_ADDRESS && /^[^\s@]+@[^\s@]+$/.test(value);
}

function isList(value: unknown): value is string[] {
  return Array.isArray(value) && value.length >= 1 && value.length <= MOST_AT_ONCE && value.every(isAlias);
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  throw new TrackerError('invalid-input', `correct ${errors.map(({ field }) => field).join(', ')}`, errors);
}
