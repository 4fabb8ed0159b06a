/** What the masker knows of one order. */
export interface OrderScope {
  /** Folded address (`foldAddress`) → alias, for every participant of the order, broken addresses included. */
  aliases: ReadonlyMap<string, string>;
  /** What every other address becomes. */
  placeholder: string;
  /** Lower-case; addresses at or below one of them are ours and stay. */
  trackerDomains: readonly string[];
}

/** The order to which a place of a text belongs. */
export type ScopeAt = (index: number) => OrderScope;

/** A replacement of `[start, end)`; an empty range inserts. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/** `text` with non-overlapping edits made, in any order; the same string where there are none. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text;
  const pieces: string[] = [];
  let copied = 0;
  for (const edit of inOrder(edits)) {
    pieces.push(text.slice(copied, edit.start), edit.text);
    copied = edit.end;
  }
  pieces.push(text.slice(copied));
  return pieces.join('');
}

function inOrder(edits: readonly Edit[]): readonly Edit[] {
  return edits.every((edit, i) => i === 0 || edits[i - 1].end <= edit.start)
    ? edits
    : [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
}
