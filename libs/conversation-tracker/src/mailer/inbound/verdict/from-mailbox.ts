import { parseEmailAddress } from '../../../kernel/email-address.js';
import { fieldValues, type HeaderField } from './header-block.js';

const BROKEN = 'One From field with one mailbox is needed';
const ADDRESS = /^(?:[^<>]*)<([^<>\s]+)>$/;

/**
 * The address of the author: exactly one From field with exactly one mailbox (R13). Servers and mail programs differ in
 * whom they show of two, which is how one person's signature is lent to another's name.
 */
export function authorOf(fields: readonly HeaderField[]): { address: string } | { fault: string } {
  const values = fieldValues(fields, 'from');
  if (values.length !== 1) return { fault: BROKEN };
  const bare = withoutQuotesAndComments(values[0]);
  // A comma begins another mailbox, a colon or semicolon is a group's (RFC 6854).
  if (bare === undefined || /[,:;\p{Cc}]/u.test(bare.replaceAll('\t', ' '))) return { fault: BROKEN };
  const text = bare.trim();
  const inner = ADDRESS.exec(text)?.[1] ?? text;
  const parsed = parseEmailAddress(inner);
  return parsed ? { address: parsed.address } : { fault: BROKEN };
}

/** Quoted strings that are names and comments say nothing of who wrote; undefined where one is not closed. */
function withoutQuotesAndComments(value: string): string | undefined {
  let out = '';
  let depth = 0;
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at];
    if (character === '\\' && depth > 0) at += 1;
    else if (character === '(') depth += 1;
    else if (character === ')' && depth > 0) depth -= 1;
    else if (depth > 0) continue;
    else if (character === '"') {
      const end = /^"(?:[^"\\]|\\.)*"/.exec(value.slice(at))?.[0];
      if (end === undefined) return undefined;
      at += end.length - 1;
      // Before an at sign it is a local part, which the address grammar judges.
      if (value[at + 1] === '@') out += end;
    } else out += character;
  }
  return depth === 0 ? out : undefined;
}
