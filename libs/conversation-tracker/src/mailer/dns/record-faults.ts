/** `name=value` pairs of a record (RFC 7489 §6.3), by lower-case name. */
function tagsOf(text: string): Map<string, string> {
  const pairs = text.split(';').map((tag) => tag.split('=', 2).map((part) => part.trim().toLowerCase()));
  return new Map(pairs.map(([name, value = '']) => [name, value]));
}

/** What is wrong with a DMARC record of a tracker domain; undefined where it will do. */
export function dmarcFault(text: string): string | undefined {
  const tags = tagsOf(text);
  const policy = tags.get('p');
  if (policy === undefined) return 'has no p=: readers take it for none';
  if (policy === 'none') return 'p=none lets anybody write in the name of an alias: publish p=reject';
  if (tags.get('sp') === 'none') return 'sp=none leaves Simple aliases, which lie below the domain, to anybody';
  // Simple aliases lie below the domain that signs.
  if (tags.get('adkim') === 's') return 'adkim=s has mail from Simple aliases rejected: publish adkim=r';
  // The envelope sender lies at a sub-domain.
  if (tags.get('aspf') === 's') return 'aspf=s has mail rejected that lost its signature: publish aspf=r';
  return undefined;
}

/** What is wrong with an SPF record (RFC 7208); undefined where it will do: who sends, only the operator knows. */
export function spfFault(text: string): string | undefined {
  const terms = text.trim().toLowerCase().split(/\s+/);
  if (terms.some((term) => term === 'all' || term === '+all' || term === '?all'))
    return 'lets anybody send: end it with -all';
  const ends = terms.some((term) => term === '-all' || term === '~all' || term.startsWith('redirect='));
  if (!ends) return 'says nothing of everybody else: end it with -all';
  return terms.length > 2 || terms[1]?.startsWith('redirect=') ? undefined : 'names no server that sends';
}
