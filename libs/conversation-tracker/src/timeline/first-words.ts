const MAX_FIRST_WORDS = 60;

/**
 * How a message begins, on one line: whole words up to 60 characters.
 * @param letterhead the sender's name: as the first line of a text it says nothing that the list does not show already.
 */
export function firstWords(text: string, letterhead?: string): string {
  // No preview needs more than this much of a long text.
  const lines = text.slice(0, 2_000).trim().split('\n');
  if (letterhead !== undefined && lines[0].trim() === letterhead) lines.shift();
  const line = lines.join(' ').replace(/\s+/gu, ' ').trim();
  const characters = Array.from(line);
  if (characters.length <= MAX_FIRST_WORDS) return line;
  const cut = characters.slice(0, MAX_FIRST_WORDS).join('');
  const lastSpace = characters[MAX_FIRST_WORDS] === ' ' ? cut.length : cut.lastIndexOf(' ');
  return `${(lastSpace > 0 ? cut.slice(0, lastSpace) : cut).trimEnd()}...`;
}
