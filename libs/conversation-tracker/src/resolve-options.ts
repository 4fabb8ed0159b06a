import { join, resolve } from 'node:path';
import { domainToASCII } from 'node:url';
import { parseEmailAddress } from './kernel/email-address.js';
import { TrackerError } from './kernel/errors.js';
import { isOwnAddress } from './message/alias-grammar.js';
import { type ConversationTrackerOptions } from './conversation-tracker.options.js';
import { type InboundOptions, type TrackerOptions } from './ports/tracker-options.js';

const MINUTE_MS = 60_000;
/** Leaves room for a store's domain, a number and a local part in a Simple alias (RFC 5321 §4.5.3.1). */
const MAX_TRACKER_DOMAIN = 100;
/** What no dictionary holds. */
const MIN_SECRET = 32;
const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** @throws TrackerError `configuration-invalid` naming the option and what would be right. */
export function resolveOptions(options: ConversationTrackerOptions): TrackerOptions {
  const { purge, aliasCache, mail, dkim, templatesDirectory } = options;
  const dataDirectory = resolve(options.dataDirectory ?? './data/conversation-tracker');
  const trackerDomain = domain('trackerDomain', options.trackerDomain);
  const formerTrackerDomains = (options.formerTrackerDomains ?? []).map((one) => domain('formerTrackerDomains', one));
  return {
    trackerDomain,
    formerTrackerDomains,
    defaultStoreId: storeId(options.defaultStoreId ?? 'default'),
    storeDefaults: options.storeDefaults,
    storeIdOf: options.storeIdOf,
    maskRoute: options.maskRoute,
    mode: mode(options.mode ?? 'mask'),
    audience: options.audience,
    orderIdProperty: options.orderIdProperty ?? 'orderId',
    rolePaths: options.rolePaths,
    purge: { everyMs: positive('purge.everyMinutes', purge?.everyMinutes ?? 60) * MINUTE_MS },
    reveals: {
      perDay: wholeNumber('reveals.perDay', options.reveals?.perDay ?? 500),
      perMinute: wholeNumber('reveals.perMinute', options.reveals?.perMinute ?? 60),
    },
    aliasCache: {
      orders: positive('aliasCache.orders', aliasCache?.orders ?? 50_000),
      ttlMs: positive('aliasCache.seconds', aliasCache?.seconds ?? 300) * 1_000,
    },
    mail,
    dkim,
    relayed: options.relayed && { dkim: options.relayed.dkim, bounceLabel: bounceLabel(options.relayed.bounceLabel) },
    dmarc: dmarc(options.dmarc),
    inbound: options.inbound && inbound(options.inbound, [trackerDomain, ...formerTrackerDomains], dataDirectory),
    metrics: options.metrics,
    templatesDirectory,
    dataDirectory,
  };
}

function inbound(
  given: NonNullable<ConversationTrackerOptions['inbound']>,
  domains: readonly [string, ...string[]],
  dataDirectory: string,
): InboundOptions {
  const { port, host = '127.0.0.1', name = domains[0], tls, auth = [], limits = {}, webhookSecrets = [] } = given;
  const operator = parseEmailAddress(given.operatorAddress);
  if (!operator || isOwnAddress(operator.address, domains)) {
    throw invalid('inbound.operatorAddress', 'give a real address outside the tracker domain, such as ops@example.com');
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw invalid('inbound.port', 'give a whole number from 0 to 65535');
  }
  if (webhookSecrets.some((secret) => typeof secret !== 'string' || secret.length < MIN_SECRET)) {
    throw invalid(
      'inbound.webhookSecrets',
      `give secrets of ${MIN_SECRET} characters or more, e.g. from openssl rand -hex 32`,
    );
  }
  return {
    operatorAddress: operator.address,
    port,
    host,
    name: domain('inbound.name', name),
    tls,
    auth,
    limits,
    webhookSecrets,
    spoolDirectory: resolve(given.spoolDirectory ?? join(dataDirectory, 'spool')),
    dns: given.dns,
    scanner: given.scanner,
  };
}

function domain(option: string, text: string): string {
  const ascii = domainToASCII(text);
  const labels = ascii.split('.');
  const right =
    ascii.length <= MAX_TRACKER_DOMAIN &&
    labels.length > 1 &&
    labels.every((part) => label.test(part)) &&
    !/^\d+$/.test(labels.at(-1)!);
  if (right) return ascii;
  throw invalid(
    option,
    `"${text}" is no domain of at most ${MAX_TRACKER_DOMAIN} octets; give one such as ct.example.com`,
  );
}

function bounceLabel(text = 'bounce'): string {
  if (label.test(text)) return text;
  throw invalid('relayed.bounceLabel', 'give one lower-case label of a domain, such as bounce-relay');
}

function dmarc(text: string | undefined): TrackerOptions['dmarc'] {
  if (text === undefined || text === 'relaxed' || text === 'strict') return text;
  throw invalid('dmarc', "give 'relaxed' or 'strict', or leave it out");
}

function storeId(text: string): string {
  if (/^[\w.-]{1,64}$/.test(text)) return text;
  throw invalid('defaultStoreId', 'give 1 to 64 letters, digits, dots, hyphens or underscores');
}

function mode(text: string): TrackerOptions['mode'] {
  if (text === 'mask' || text === 'report') return text;
  throw invalid('mode', "give 'report' or 'mask'");
}

function wholeNumber(option: string, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 31) return value;
  throw invalid(option, 'give a whole number, 0 or above');
}

function positive(option: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw invalid(option, 'give a number above 0');
}

const invalid = (option: string, mend: string) => new TrackerError('configuration-invalid', `${option}: ${mend}`);
