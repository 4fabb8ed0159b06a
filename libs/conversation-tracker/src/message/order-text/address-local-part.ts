import { MAX_LOCAL_PART } from '../../kernel/email-address.js';
import { isFraming, isFramingOrJoining, isLocalCharacter } from './address-characters.js';

/** Scripts written without blanks: 联系ana@example.com. */
const OTHER_SCRIPT_BEFORE_ASCII = /^[^ -~\p{Script=Latin}]+(?=[ -~]+$)/u;
const URL_PARAMETER = /^.*[?&][\w.[\]-]{1,40}=/;
const NAMED_VALUE = /^[\w-]{0,20}(?:mail|mailto|to|cc|bcc|from|user|login|address)=/i;
const QUOTED_BEFORE = /[\p{L}\p{N}"\\]/u;
/** A quoted local part with every character escaped. */
const LONGEST_QUOTED = 2 * MAX_LOCAL_PART;

/** Where the local part before an at sign may begin. */
export interface LocalPartStarts {
  /** Every reading under which a known address is looked for, the widest first. */
  readings: readonly number[];
  /** Where an address that nobody knows begins; undefined for what only looks like one. */
  unknown: number | undefined;
}

const NO_LOCAL_PART: LocalPartStarts = { readings: [], unknown: undefined };

/** Nothing before `floor` belongs to the local part that ends at `at`. */
export function localPartStarts(text: string, at: number, floor: number): LocalPartStarts {
  if (text.charAt(at - 1) === '"') return quotedStart(text, at - 1, floor);
  const widest = widestStart(text, at, floor);
  if (widest === at) return NO_LOCAL_PART;
  const local = text.slice(widest, at);
  const ascii = widest + (local.charCodeAt(0) < 128 ? 0 : (OTHER_SCRIPT_BEFORE_ASCII.exec(local)?.[0].length ?? 0));
  return { readings: readings(text, widest, ascii, at), unknown: unknownStart(local, widest, ascii) };
}

/** Where an unquoted local part may begin at most; `at` itself where there is none. */
export function widestStart(text: string, at: number, floor: number): number {
  let widest = at;
  while (widest > floor && isLocalCharacter(text, widest - 1)) widest--;
  return widest;
}

/** RFC 5321 §4.1.2. */
function quotedStart(text: string, close: number, floor: number): LocalPartStarts {
  const first = Math.max(floor, close - LONGEST_QUOTED);
  for (let open = text.lastIndexOf('"', close - 1); open >= first; open = text.lastIndexOf('"', open - 1)) {
    if (text.charAt(open - 1) === '\\') continue;
    return QUOTED_BEFORE.test(text.charAt(open - 1)) ? NO_LOCAL_PART : { readings: [open], unknown: open };
  }
  return NO_LOCAL_PART;
}

function readings(text: string, widest: number, ascii: number, at: number): number[] {
  const starts: number[] = [];
  let open = true;
  // Longer local parts belong to nobody, which also bounds the work on a text made to be slow.
  for (let i = widest; i < at; i++) {
    if ((open || i === ascii) && at - i <= MAX_LOCAL_PART) starts.push(i);
    if (isFraming(text, i) || text.startsWith('..', i)) open = true;
    else if (!isFramingOrJoining(text, i)) open = false;
  }
  return starts;
}

/**
 * An unknown address goes whole; what stays is the path or the parameter name of a URL, and punctuation before the
 * address. A handle in a path (`/@name.surname`, `@scope/name@1.0.0`) is no address.
 */
function unknownStart(local: string, widest: number, ascii: number): number | undefined {
  if (local.endsWith('/')) return undefined;
  const path = local.startsWith('/') ? local.lastIndexOf('/') + 1 : 0;
  const parameter = local.includes('=') ? ((URL_PARAMETER.exec(local) ?? NAMED_VALUE.exec(local))?.[0].length ?? 0) : 0;
  let start = Math.max(path, parameter, ascii - widest);
  while (start < local.length && isFramingOrJoining(local, start)) start++;
  return start === local.length ? undefined : widest + start;
}
