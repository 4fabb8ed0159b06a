import { jsonEdits } from './json-edits.js';
import { applyEdits, type OrderScope } from './order-scope.js';

export interface MaskedText {
  /** The same string where nothing had to change. */
  text: string;
  /** How many addresses were replaced. */
  replaced: number;
  /**
   * True where a value under a role key names a participant whom the scope does not know: issue an alias and mask again.
   * Until then the text shows the placeholder there, so it is safe to send.
   */
  unresolved: boolean;
}

/**
 * Takes every real address out of the JSON text of one order and leaves all else byte for byte: a participant's becomes
 * the alias, any other the placeholder, ours stay. Synchronous, and for an order without surprises little more than a
 * search for at signs. Masking twice changes nothing.
 */
export function maskOrderText(text: string, scope: OrderScope): MaskedText {
  const { edits, unresolved } = jsonEdits(text, scope, true);
  return { text: applyEdits(text, edits), replaced: edits.length, unresolved };
}
