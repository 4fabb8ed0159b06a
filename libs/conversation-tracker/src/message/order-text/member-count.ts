/**
 * Tells how often a member of that name stands in a JSON text: 0, 1, or 2 for several. No string holds what is looked for,
 * since a quote inside of one is escaped. A search for a text that begins with a quote stops at each of the thousand quotes
 * of an order; a capital letter is rare there.
 */
export function memberCount(name: string): (text: string) => number {
  const member = `${JSON.stringify(name)}:`;
  const offset = Math.max(0, member.search(/[A-Z]/));
  const rarest = offset === 0 ? member : member.charAt(offset);
  return (text) => {
    let count = 0;
    for (let at = text.indexOf(rarest, offset); at !== -1; at = text.indexOf(rarest, at + 1)) {
      if (text.startsWith(member, at - offset) && ++count === 2) return count;
    }
    return count;
  };
}
