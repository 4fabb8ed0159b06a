const MAX_FIRST_WORDS = 60;

/** How a message begins, on one line: whole words up to 60 characters. */
export function firstWords(text: string): string {
  // No preview needs more than this much of a long text.
  const line = text.slice(0, 2_000).replace(/\s+/gu, ' ').trim();
  const characters = Array.from(line);
  if (characters.length <= MAX_FIRST_WORDS) return line;
  const cut = characters.slice(0, MAX_FIRST_WORDS).join('');
  const lastSpace = characters[MAX_FIRST_WORDS] === ' ' ? cut.length : cut.lastIndexOf(' ');
  return `${(lastSpace > 0 ? cut.slice(0, lastSpace) : cut).trimEnd()}...`;
}
