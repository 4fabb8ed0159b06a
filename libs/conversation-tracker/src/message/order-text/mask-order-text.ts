import { needsExactWay, orderEdits } from './order-edits.js';
import { editedPieces, type OrderScope, type ScopeAt } from './order-scope.js';

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

/** {@link MaskedText} before its pieces are joined: one piece where nothing had to change. */
export interface MaskedPieces extends Omit<MaskedText, 'text'> {
  pieces: readonly string[];
}

/**
 * Takes every real address out of the JSON text of one order and leaves all else byte for byte: a participant's becomes
 * the alias, any other the placeholder, ours stay. Synchronous, and for an order without surprises little more than a
 * search for at signs. Masking twice changes nothing.
 */
export function maskOrderText(text: string, scope: OrderScope): MaskedText {
  return joined(text, maskOrderPieces(text, scope));
}

/** The same for a text in which several orders stand: each place is masked with what its nearest order knows. */
export function maskScopedText(text: string, scopeAt: ScopeAt): MaskedText {
  return joined(text, maskScopedPieces(text, scopeAt));
}

/** {@link maskOrderText} for who makes bytes of it. */
export function maskOrderPieces(text: string, scope: OrderScope): MaskedPieces {
  return masked(text, () => scope, needsExactWay(text, scope));
}

/** {@link maskScopedText} for who makes bytes of it. */
export function maskScopedPieces(text: string, scopeAt: ScopeAt): MaskedPieces {
  return masked(text, scopeAt, true);
}

function masked(text: string, scopeAt: ScopeAt, exact: boolean): MaskedPieces {
  const { edits, unresolved } = orderEdits(text, scopeAt, exact);
  return { pieces: editedPieces(text, edits), replaced: edits.length, unresolved };
}

function joined(text: string, { pieces, replaced, unresolved }: MaskedPieces): MaskedText {
  return { text: replaced === 0 ? text : pieces.join(''), replaced, unresolved };
}
