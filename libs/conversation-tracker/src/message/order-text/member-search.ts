/**
 * Finds the members of one name in JSON texts that have no blanks, as JSON.stringify writes them. No string holds what is
 * looked for, since a quote inside of one is escaped. A search for a text that begins with a quote stops at each of the
 * thousand quotes of an order; a capital letter is rare there.
 */
export class MemberSearch {
  private readonly member: string;
  private readonly offset: number;
  private readonly rarest: string;

  constructor(name: string) {
    this.member = `${JSON.stringify(name)}:`;
    this.offset = Math.max(0, this.member.search(/[A-Z]/));
    this.rarest = this.member.slice(this.offset);
  }

  /** Where the first member at or after `from` begins with its quote; -1 where there is none. */
  next(text: string, from: number): number {
    const { member, offset, rarest } = this;
    for (let at = text.indexOf(rarest, from + offset); at !== -1; at = text.indexOf(rarest, at + 1)) {
      if (text.startsWith(member, at - offset)) return at - offset;
    }
    return -1;
  }
}
