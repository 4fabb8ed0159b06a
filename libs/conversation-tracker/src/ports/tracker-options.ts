import { type ExecutionContext } from '@nestjs/common';
import { type AttachmentScanner } from './attachment-scanner.js';
import { type DnsResolver } from './dns-resolver.js';
import { type MailTransport } from './mail-transport.js';

/** What a caller is shown: aliases, or real addresses, on record. */
export type Audience = 'alias' | 'real';

/** PEM. */
export interface TlsKeys {
  key: string;
  cert: string;
}

/** How mail to aliases comes in. */
export interface InboundOptions {
  operatorAddress: string;
  /** Missing: no SMTP server. */
  port?: number;
  host: string;
  name: string;
  tls?: TlsKeys | 'self-signed';
  /** Checked by the mailer room, whose accounts they are. */
  auth: readonly object[];
  limits: object;
  webhookSecrets: readonly string[];
  /** Absolute. */
  spoolDirectory: string;
  dns?: DnsResolver;
  scanner?: AttachmentScanner;
}

/** The options after defaults and validation, as the rooms see them. The documented public form is `ConversationTrackerOptions`. */
export interface TrackerOptions {
  /** Lower-case A-label domain below which every alias lies. */
  trackerDomain: string;
  /** Domains whose aliases are still read, none issued. */
  formerTrackerDomains: readonly string[];
  /** The store of a host that never names one. */
  defaultStoreId: string;
  /** Checked by the settings room, whose input it is. */
  storeDefaults?: (storeId: string) => object | undefined;
  storeIdOf?: (context: ExecutionContext) => string | undefined;
  maskRoute?: (context: ExecutionContext) => boolean | string | undefined;
  /** @default 'mask' */
  mode?: 'report' | 'mask';
  audience?: (context: ExecutionContext) => Audience | Promise<Audience>;
  orderIdProperty: string;
  rolePaths?: Readonly<Record<string, string | null>>;
  purge: { everyMs: number };
  reveals: { perDay: number; perMinute: number };
  aliasCache: { orders: number; ttlMs: number };
  /** An SMTP URL, or the host's own transport. */
  mail: { url: string } | MailTransport;
  dkim?: { selector: string; privateKey: string };
  /** What is other for relayed mail than for mail of ours (R39). */
  relayed?: { dkim?: { selector: string; privateKey: string }; bounceLabel: string };
  /** Missing: the DNS says. */
  dmarc?: 'relaxed' | 'strict';
  /** Missing: no mail is taken. */
  inbound?: InboundOptions;
  /** A registry of prom-client's, the library's own where it is missing. Missing itself: nothing is counted. */
  metrics?: { registry?: object };
  templatesDirectory?: string;
  /** Absolute. */
  dataDirectory: string;
}

export const TRACKER_OPTIONS = Symbol.for('nestjs-conversation-tracker/options');

export const CLOCK = Symbol.for('nestjs-conversation-tracker/clock');

/** Every tracker domain that is read, the current one first. */
export function trackerDomains({ trackerDomain, formerTrackerDomains }: TrackerOptions): string[] {
  return [trackerDomain, ...formerTrackerDomains];
}
