/** Environment variables by name; an empty value counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variables, and gathers what is wrong with them. */
export class EnvironmentReader {
  private readonly wrong: string[] = [];

  constructor(private readonly environment: Environment) {}

  text(name: string): string | undefined {
    return this.environment[name]?.trim() || undefined;
  }

  file(name: string): string | undefined {
    const text = this.text(name);
    // All guests would share the one connection to it, and with it each other's transactions.
    if (text === ':memory:') this.wrong.push(`${name}: name a file, such as /tmp/try/oms.sqlite.`);
    return text;
  }

  wholeNumber(name: string, byDefault: number, max: number): number {
    return this.optionalNumber(name, max) ?? byDefault;
  }

  optionalNumber(name: string, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value > max) this.wrong.push(`${name}: set a whole number from 0 to ${max}.`);
    return value;
  }

  flag(name: string, byDefault: boolean): boolean {
    const text = this.text(name) ?? String(byDefault);
    if (text !== 'true' && text !== 'false') this.wrong.push(`${name}: set true or false.`);
    return text === 'true';
  }

  smtpUrl(name: string): string | undefined {
    const text = this.text(name);
    // The value may hold a password, so the error does not repeat it.
    if (text !== undefined && !/^smtps?:\/\/[^/\s]+/.test(text)) {
      this.wrong.push(`${name}: write it as smtp://host:port or smtps://user:password@host:port.`);
    }
    return text;
  }

  webUrl(name: string): string | undefined {
    const text = this.text(name);
    const url = text === undefined || !URL.canParse(text) ? undefined : new URL(text);
    if (text !== undefined && !(url && /^https?:$/.test(url.protocol))) {
      this.wrong.push(`${name}: write it as https://host/path.`);
    }
    if (url?.username || url?.password) {
      this.wrong.push(`${name}: leave user and password out, \`fetch\` sends none; write it as https://host/path.`);
    }
    return text;
  }

  demand(name: string, fix: string): void {
    if (this.text(name) === undefined) this.wrong.push(`${name} is missing: ${fix}.`);
  }

  throwIfWrong(): void {
    if (this.wrong.length > 0)
      throw new Error(`The OMS cannot start. Mend its environment:\n- ${this.wrong.join('\n- ')}`);
  }
}
