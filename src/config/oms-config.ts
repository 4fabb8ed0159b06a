import { dirname, join } from 'node:path';
import { type Environment, EnvironmentReader } from './environment-reader.js';

export type { Environment } from './environment-reader.js';

/** How mail to aliases comes in. */
export interface InboundConfig {
  host: string;
  /** 0 is a free one; without one no SMTP server listens. */
  port: number | undefined;
  /** Who gets the mail to postmaster and abuse. */
  operatorAddress: string;
  /** PEM files; without them the certificate is made at the start and signed by itself. */
  tlsFiles: { key: string; cert: string } | undefined;
  /** A JSON file of the programs that may sign in at the port. */
  accountsFile: string | undefined;
  /** A file of the secrets, one a line, under which messages may be posted. */
  webhookSecretFile: string | undefined;
}

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
  /** A JSON file with the people who may sign in; made for development when there is none. */
  readonly usersFile: string | undefined;
  readonly developmentUsersFile: string;
  /** The mail server to send through. Without one the OMS brings its own inbox. */
  readonly smtpUrl: string | undefined;
  readonly inboxSmtpPort: number;
  /** In production only where a port or a secret is set. */
  readonly inbound: InboundConfig | undefined;
  /** Below which the aliases of customers and stores lie. */
  readonly trackerDomain: string;
  /** A JSON file with the three keys of the conversation tracker; made for development when there is none. */
  readonly trackerKeysFile: string | undefined;
  readonly developmentTrackerKeysFile: string;
  /** Where another system takes each order after each step. */
  readonly erpWebhookUrl: string | undefined;
  /** Whether a store without orders gets some to look at; never in production. */
  readonly seedOrders: boolean;
  /** What Prometheus sends as a Bearer token. Without one `/metrics` is open, and in production not there. */
  readonly metricsToken: string | undefined;
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
    this.developmentUsersFile = join(this.dataDirectory, 'dev-users.json');
    this.usersFile = read.text('OMS_USERS_FILE');
    this.smtpUrl = read.smtpUrl('SMTP_URL');
    this.inboxSmtpPort = read.wholeNumber('INBOX_SMTP_PORT', 2525, 65_535);
    this.inbound = this.readInbound(read);
    this.requestsPerMinute = read.wholeNumber('REQUESTS_PER_MINUTE', 1200, 1_000_000);
    this.trackerDomain = read.text('TRACKER_DOMAIN') ?? 'ct.example.com';
    this.trackerKeysFile = read.text('TRACKER_KEYS_FILE');
    this.developmentTrackerKeysFile = join(this.dataDirectory, 'dev-tracker-keys.json');
    this.erpWebhookUrl = read.webUrl('ERP_WEBHOOK_URL');
    this.seedOrders = !this.production && read.flag('SEED_ORDERS', true);
    this.metricsToken = read.text('METRICS_TOKEN');
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

  private readInbound(read: EnvironmentReader): InboundConfig | undefined {
    const host = read.text('INBOUND_SMTP_HOST') ?? this.host;
    const port = read.optionalNumber('INBOUND_SMTP_PORT', 65_535) ?? (this.production ? undefined : 2526);
    const operatorAddress = read.text('OPERATOR_ADDRESS') ?? 'operator@oms.example';
    const key = read.text('INBOUND_TLS_KEY_FILE');
    const cert = read.text('INBOUND_TLS_CERT_FILE');
    if (key !== undefined) read.demand('INBOUND_TLS_CERT_FILE', 'name the PEM file with the certificate of the key');
    if (cert !== undefined) read.demand('INBOUND_TLS_KEY_FILE', 'name the PEM file with the key of the certificate');
    const accountsFile = read.text('INBOUND_ACCOUNTS_FILE');
    const webhookSecretFile = read.text('INBOUND_WEBHOOK_SECRET_FILE');
    if (port === undefined && accountsFile !== undefined) {
      read.demand('INBOUND_SMTP_PORT', 'name the port at which the accounts sign in');
    }
    if (port === undefined && webhookSecretFile === undefined) return undefined;
    if (this.production) {
      read.demand('OPERATOR_ADDRESS', 'name who gets the mail to postmaster and abuse, such as admin@yourshop.com');
    }
    return {
      host,
      port,
      operatorAddress,
      tlsFiles: key !== undefined && cert !== undefined ? { key, cert } : undefined,
      accountsFile,
      webhookSecretFile,
    };
  }
}
