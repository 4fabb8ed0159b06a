import { type ExecutionContext, type ModuleMetadata, type Provider, type Type } from '@nestjs/common';
import { type Clock } from './kernel/clock.js';
import { TrackerError } from './kernel/errors.js';
import { type KeyOptions } from './persistence/key-ring.js';
import { type IntegrationAccount } from './mailer/inbound/smtp/integration-accounts.js';
import { type SmtpLimits } from './mailer/inbound/smtp/smtp-limits.js';
import { type AttachmentScanner } from './ports/attachment-scanner.js';
import { type DnsResolver } from './ports/dns-resolver.js';
import { type AccessPolicy } from './ports/access-policy.js';
import { type MailTransport } from './ports/mail-transport.js';
import { type OrderSource } from './ports/order-source.js';
import { type Audience, type TlsKeys } from './ports/tracker-options.js';
import { type SettingsInput } from './settings/settings-input.js';

/** How a host sets the tracker up. Everything is checked at boot; an error names the option and the mend. */
export interface ConversationTrackerOptions {
  /**
   * The domain below which every alias lies, such as `ct.example.com`. Mail to it and to its sub-domains must reach the
   * tracker (MX and wildcard MX).
   */
  trackerDomain: string;
  /** Domains that were `trackerDomain` before: their aliases are still read. @default [] */
  formerTrackerDomains?: string[];
  /** Three keys, each with ids so that it can be changed. */
  keys: KeyOptions;
  /** The store of orders and callers that name none. @default 'default' */
  defaultStoreId?: string;
  /**
   * What a store has before anybody sets it, from the host's own record of the store: such as its name, address, time zone
   * and currency. Fields left out have the package's defaults. @default none
   */
  storeDefaults?: (storeId: string) => SettingsInput | undefined;
  /** Of which store the orders of a response are. @default every response is of `defaultStoreId` */
  storeIdOf?: (context: ExecutionContext) => string | undefined;
  /**
   * Which routes show orders, for controllers that do not carry `@MaskOrders()`: the root as `@MaskOrders` takes it, or true
   * where it is to be found in each body. @default only routes with `@MaskOrders()`
   */
  maskRoute?: (context: ExecutionContext) => boolean | string | undefined;
  /**
   * `report` leaves responses and pushes byte for byte as they are, issues no alias for them, and counts by route and path
   * what masking would replace: in the log and at `GET /conversation-tracker/masking-report`. @default 'mask'
   */
  mode?: 'report' | 'mask';
  /**
   * Who is shown real addresses on the masked routes. `real` counts only for a caller whom the `accessPolicy` grants
   * `addresses.read` in the store of the response, and only once the audit has it; else, and when this throws, aliases
   * leave. @default everybody sees aliases
   */
  audience?: (context: ExecutionContext) => Audience | Promise<Audience>;
  /** The member that holds an order's id in the host's order JSON. @default 'orderId' */
  orderIdProperty?: string;
  /**
   * Where in the host's order JSON addresses name whom, beyond what its keys tell by themselves: path → role, or null where
   * the value names nobody, with `[]` for every index of a list. @default none
   * @example { 'packages[].driver': 'carrier', 'audit.email': null }
   */
  rolePaths?: Readonly<Record<string, string | null>>;
  /** Where outgoing mail goes: an SMTP URL such as `smtps://user:password@mail.example.com`, or a transport of the host's. */
  mail: { url: string } | MailTransport;
  /** DKIM signature of everything that is sent (RFC 6376), with d= the tracker domain. @default none */
  dkim?: { selector: string; privateKey: string };
  /**
   * What relayed mail has of its own, so that what strangers write does not weigh on the reputation of order mails.
   * @default it is sent like order mails
   */
  relayed?: {
    /** The key that signs it. @default `dkim` */
    dkim?: { selector: string; privateKey: string };
    /** The label below the tracker domain to which its bounces come, with MX and SPF like `bounce`. @default 'bounce' */
    bounceLabel?: string;
  };
  /**
   * Whether the DMARC records at and above the tracker domain ask for strict alignment, under which no Simple alias may stand in
   * From: all are Complex then. Looked up hourly where a store chose Simple. @default what the DNS says
   */
  dmarc?: 'relaxed' | 'strict';
  /**
   * Takes mail to aliases, puts it on the timeline and relays it, both sides masked. Needs the libraries smtp-server (for
   * `port`) and mailauth. @default no mail is taken
   */
  inbound?: {
    /** Where postmaster@ and abuse@ of the tracker domain are read (RFC 5321 §4.5.1): a real address elsewhere. */
    operatorAddress: string;
    /** The port of the SMTP server that aliases' MX records lead to, or that your mail server hands mail to; 0 takes a free one. @default no SMTP server */
    port?: number;
    /** The address that it listens on. @default '127.0.0.1' */
    host?: string;
    /** What the greeting calls it. @default the tracker domain */
    name?: string;
    /** `{ key, cert }` in PEM for STARTTLS, or `self-signed` for keys made at the first start. @default neither STARTTLS nor AUTH is offered */
    tls?: TlsKeys | 'self-signed';
    /** Programs of your own that may sign in and write as declared addresses: the OMS's own mailer, an ERP. @default none */
    auth?: readonly IntegrationAccount[];
    /** What one peer may ask for. @default 25 MiB, 50 recipients and so on */
    limits?: Partial<SmtpLimits>;
    /** Secrets, of 32 characters or more, under which raw messages may be posted to `inbound/raw`. @default nobody may */
    webhookSecrets?: readonly string[];
    /** Where accepted mail lies until it is worked on: a folder of this process's own. @default `spool` below `dataDirectory` */
    spoolDirectory?: string;
    /** Answers DNS questions about senders. @default the machine's resolver */
    dns?: DnsResolver;
    /** Looks into messages with files before they go on. @default nothing is scanned */
    scanner?: AttachmentScanner;
  };
  /** Counts mail, queues, aliases and look-ups for Prometheus, if only `{}`. Needs the library prom-client. @default nothing is counted */
  metrics?: {
    /** A `Registry` of prom-client's. @default the library's own */
    registry?: object;
  };
  /** A directory whose templates win over those of the package, by the same relative path. @default none */
  templatesDirectory?: string;
  /** Where files, and bodies and raw messages of more than 64 KiB, lie, encrypted. @default './data/conversation-tracker' */
  dataDirectory?: string;
  /** How often expired aliases are deleted. @default 60 */
  purge?: { everyMinutes?: number };
  /**
   * How many real addresses one caller may be shown, or ask about, in a day (of UTC), and in how many requests a minute;
   * `revealsPerDay` of an AccessGrant says otherwise for its caller. @default 500 addresses a day, 60 requests a minute
   */
  reveals?: { perDay?: number; perMinute?: number };
  /** How many orders' aliases stay in memory, and for how long. @default 50,000 orders, 300 seconds */
  aliasCache?: { orders?: number; seconds?: number };
  /** Where the time is read. @default the system's clock */
  clock?: Clock;
}

/** The part that is fixed where the module is imported, also by `forRootAsync`. */
export interface ConversationTrackerExtras {
  /** Modules that export what `orderSource` and `accessPolicy` need. */
  imports?: ModuleMetadata['imports'];
  /** The class, or provider, that finds the host's orders. */
  orderSource: PortProvider<OrderSource>;
  /** The class, or provider, that says who may do what. */
  accessPolicy: PortProvider<AccessPolicy>;
  /** The name of the TypeORM DataSource to use. @default the default one */
  dataSource?: string;
  /**
   * Pages for the people of a store, at `conversation-tracker/admin`; `{}` is enough. The `accessPolicy` is asked for every
   * page and action, with the request, so it has to know the host's sessions. @default no pages
   */
  admin?: {
    /** Where who is not signed in is sent, with `?returnTo=` and the path of the page. @default a page that says so */
    signInUrl?: string;
    /** Where the host signs people out: a link on every page. @default no link */
    signOutUrl?: string;
    /**
     * Whose pages may show an order's conversation in a frame: `self` and origins such as `https://oms.example.com`.
     * @default nobody's: there is no such page
     */
    frameAncestors?: readonly string[];
  };
}

/** A port's implementation: an injectable class, or how to provide it. */
export type PortProvider<T> =
  | (new (...args: never[]) => T)
  | { useExisting: unknown }
  | { useValue: T }
  | { useFactory: (...args: never[]) => T | Promise<T>; inject?: unknown[] };

/** @throws TrackerError `configuration-invalid` where a host without types gives none: nothing takes its place. */
export function providePort<T>(token: symbol, option: string, port: PortProvider<T>): CustomProvider {
  if ((port as unknown) === undefined || (port as unknown) === null) {
    const mend = `${option}: give an injectable class, or { useValue }, { useExisting } or { useFactory }`;
    throw new TrackerError('configuration-invalid', mend);
  }
  return (
    typeof port === 'function' ? { provide: token, useClass: port } : { provide: token, ...port }
  ) as CustomProvider;
}

/** A provider with a token of its own. */
export type CustomProvider = Exclude<Provider, Type>;
