/** Media types whose bodies are text that a person or a program reads addresses in. */
const textual =
  /^\s*(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|csv|x-ndjson|ndjson|yaml|x-yaml|graphql|javascript|x-www-form-urlencoded)\b)/i;
/** Sent line by line while the connection stays open. */
const lineByLine = /^\s*(?:text\/event-stream|application\/(?:x-)?ndjson|application\/json-seq)\b/i;

/** Whether a body is searched: a declared text, or one of which nothing is declared. What is compressed already is not. */
export function isSearched(contentType: unknown, contentEncoding: unknown): boolean {
  if (contentEncoding !== undefined && contentEncoding !== 'identity') return false;
  return typeof contentType === 'string' ? textual.test(contentType) : true;
}

export function isLineByLine(contentType: unknown): boolean {
  return typeof contentType === 'string' && lineByLine.test(contentType);
}
