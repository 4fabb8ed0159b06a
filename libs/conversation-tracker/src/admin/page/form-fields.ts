/** The fields of a form as people sent it: every value is text, and one that is missing is empty. */
export class FormFields {
  private readonly values: ReadonlyMap<string, readonly string[]>;

  /** @param body what a parser of forms made of it; what is no text in it counts as not sent */
  constructor(body: unknown) {
    const entries = typeof body === 'object' && body !== null ? Object.entries(body) : [];
    this.values = new Map(
      entries.map(([name, value]) => [name, [value].flat().filter((one) => typeof one === 'string')]),
    );
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** One line of text. */
  text(name: string): string {
    return (this.values.get(name)?.[0] ?? '').trim();
  }

  /** As it was typed, blanks and line ends included. */
  raw(name: string): string {
    return this.values.get(name)?.[0] ?? '';
  }

  /** Every value of a name: of check boxes, for example. */
  all(name: string): string[] {
    return [...(this.values.get(name) ?? [])];
  }

  /** The lines of a text area that say something. */
  lines(name: string): string[] {
    return this.text(name)
      .split(/[\r\n,;]+/)
      .map((line) => line.trim())
      .filter(Boolean);
  }
}
