import { createHash } from 'node:crypto';
import { complexAlias, simpleAlias } from '../../message/alias-grammar.js';

/** Whom nobody is. */
const PERSON = 'juanvaldez@customer.example';

/** How an alias of each form reads in a store: in its own domain, the same at each look, of nobody. */
export function maskExamples(storeId: string, trackerDomain: string): Record<'complex' | 'simple', string> {
  const digest = createHash('sha256').update(`example ${storeId}`).digest('hex');
  const digits = BigInt(`0x${digest.slice(0, 16)}`)
    .toString()
    .padStart(12, '0')
    .slice(-12);
  return {
    complex: complexAlias(digest.slice(0, 32), trackerDomain),
    simple: simpleAlias(PERSON, digits, trackerDomain) ?? '',
  };
}
