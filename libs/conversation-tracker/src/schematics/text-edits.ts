/** An insertion into a text, or a replacement where `end` is given. */
export interface TextEdit {
  at: number;
  end?: number;
  text: string;
}

/** Applies edits that do not overlap; those at the same place keep their order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = text;
  // From the end, so that the places of the others stay true.
  for (const { at, end = at, text: added } of edits.toReversed().sort((a, b) => b.at - a.at)) {
    result = result.slice(0, at) + added + result.slice(end);
  }
  return result;
}
