/**
 * Finds the members of one name in JSON texts that have no blanks, as JSON.stringify writes them. No string holds what is
 * looked for, since a quote inside of one is escaped. A search for a text that begins with a quote stops at each of the
 * thousand quotes of an order; a capital letter is rare there.
 */
export class MemberSearch {
  private readonly member: string;
  private readonly offset: number;
  private readonly rarest: string;
  /** What stands before the rarest part: it tells most other names apart without a look at the whole. */
  private readonly before: number;

  constructor(name: string) {
    this.member = `${JSON.stringify(name)}:`;
    this.offset = Math.max(0, this.member.search(/[A-Z]/));
    this.rarest = this.member.slice(this.offset);
    this.before = this.member.charCodeAt(this.offset - 1);
  }

  /** Where the first member at or after `from` begins with its quote; -1 where there is none. */
  next(text: string, from: number): number {
    const { member, offset, rarest, before } = this;
    for (let at = text.indexOf(rarest, from + offset); at !== -1; at = text.indexOf(rarest, at + 1)) {
      if (offset > 0 && text.charCodeAt(at - 1) !== before) continue;
      if (text.startsWith(member, at - offset)) return at - offset;
    }
    return -1;
  }
}
