import type { DeclaredRoles } from './declared-roles.js';

/** What the masker knows of one order. */
export interface OrderScope {
  /** Folded address (`foldAddress`) → alias, for every participant of the order, broken addresses included. */
  aliases: ReadonlyMap<string, string>;
  /** What every other address becomes. */
  placeholder: string;
  /** Lower-case; addresses at or below one of them are ours and stay. */
  trackerDomains: readonly string[];
  /** What the host says of its own members; all others go by their key. One object for all orders, please: it is read once. */
  rolePaths?: DeclaredRoles;
}

/** The order to which a place of a text belongs. */
export interface ScopeAt {
  (index: number): OrderScope;
  /** Where that order begins; undefined outside of all orders, where nobody is issued an alias. Absent: the text is one order. */
  startOf?(index: number): number | undefined;
}

/** A replacement of `[start, end)`; an empty range inserts. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/** `text` with non-overlapping edits made, in any order; the same string where there are none. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  return edits.length === 0 ? text : editedPieces(text, edits).join('');
}

/** The same in pieces that need not be joined where bytes are made of them anyway. */
export function editedPieces(text: string, edits: readonly Edit[]): string[] {
  const pieces: string[] = [];
  let copied = 0;
  for (const edit of inOrder(edits)) {
    pieces.push(text.slice(copied, edit.start), edit.text);
    copied = edit.end;
  }
  pieces.push(text.slice(copied));
  return pieces;
}

function inOrder(edits: readonly Edit[]): readonly Edit[] {
  return edits.every((edit, i) => i === 0 || edits[i - 1].end <= edit.start)
    ? edits
    : [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
}
