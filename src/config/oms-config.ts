import { dirname, join } from 'node:path';

/** Environment variables by name; an empty value counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What an operator can set, read once at boot. Throws one error that names every wrong variable and its fix. */
export class OmsConfig {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** A SQLite file. */
  readonly databaseFile: string;
  /** Where everything else that must outlive a restart lies: beside the database. */
  readonly dataDirectory: string;
  readonly apiKeysFile: string | undefined;
  readonly developmentKeysFile: string;
  /** The mail server to send through. Without one the OMS brings its own inbox. */
  readonly smtpUrl: string | undefined;
  readonly inboxSmtpPort: number;
  /** Below which the aliases of customers and stores lie. */
  readonly trackerDomain: string;
  /** A JSON file with the three keys of the conversation tracker; made for development when there is none. */
  readonly trackerKeysFile: string | undefined;
  readonly developmentTrackerKeysFile: string;
  /** Where another system takes each order after each step. */
  readonly erpWebhookUrl: string | undefined;
  /** Whether a store without orders gets some to look at; never in production. */
  readonly seedOrders: boolean;
  /** Requests that one client may make to one route in a minute. */
  readonly requestsPerMinute: number;

  constructor(environment: Environment) {
    const read = new EnvironmentReader(environment);
    this.production = read.text('NODE_ENV') === 'production';
    this.host = read.text('HOST') ?? '127.0.0.1';
    this.port = read.wholeNumber('PORT', 3000, 65_535);
    this.databaseFile = read.file('OMS_DATABASE') ?? './data/oms.sqlite';
    this.dataDirectory = dirname(this.databaseFile);
    this.developmentKeysFile = join(this.dataDirectory, 'dev-keys.json');
    this.apiKeysFile = read.text('OMS_API_KEYS_FILE');
    this.smtpUrl = read.smtpUrl('SMTP_URL');
    this.inboxSmtpPort = read.wholeNumber('INBOX_SMTP_PORT', 2525, 65_535);
    this.requestsPerMinute = read.wholeNumber('REQUESTS_PER_MINUTE', 1200, 1_000_000);
    this.trackerDomain = read.text('TRACKER_DOMAIN') ?? 'ct.example.com';
    this.trackerKeysFile = read.text('TRACKER_KEYS_FILE');
    this.developmentTrackerKeysFile = join(this.dataDirectory, 'dev-tracker-keys.json');
    this.erpWebhookUrl = read.webUrl('ERP_WEBHOOK_URL');
    this.seedOrders = !this.production && read.flag('SEED_ORDERS', true);
    if (this.production) {
      read.demand('OMS_API_KEYS_FILE', 'name the JSON file with the API keys; development keys are never made here');
      read.demand('TRACKER_DOMAIN', 'name the domain of your aliases, such as ct.yourshop.com');
      read.demand(
        'TRACKER_KEYS_FILE',
        'name the JSON file with the tracker’s keys; development keys are never made here',
      );
      read.demand('SMTP_URL', 'name the mail server, as smtp://user:password@host:587; the inbox is for development');
    }
    read.throwIfWrong();
  }
}

class EnvironmentReader {
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
    const text = this.text(name);
    if (text === undefined) return byDefault;
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
