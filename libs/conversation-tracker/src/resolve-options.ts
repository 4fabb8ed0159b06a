import { resolve } from 'node:path';
import { domainToASCII } from 'node:url';
import { TrackerError } from './kernel/errors.js';
import { type ConversationTrackerOptions } from './conversation-tracker.options.js';
import { type TrackerOptions } from './ports/tracker-options.js';

const MINUTE_MS = 60_000;
/** Leaves room for a store's domain, a number and a local part in a Simple alias (RFC 5321 §4.5.3.1). */
const MAX_TRACKER_DOMAIN = 100;
const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** @throws TrackerError `configuration-invalid` naming the option and what would be right. */
export function resolveOptions(options: ConversationTrackerOptions): TrackerOptions {
  const { purge, aliasCache, mail, dkim, templatesDirectory, dataDirectory = './data/conversation-tracker' } = options;
  return {
    trackerDomain: domain('trackerDomain', options.trackerDomain),
    formerTrackerDomains: (options.formerTrackerDomains ?? []).map((former) => domain('formerTrackerDomains', former)),
    defaultStoreId: storeId(options.defaultStoreId ?? 'default'),
    storeDefaults: options.storeDefaults,
    storeIdOf: options.storeIdOf,
    maskRoute: options.maskRoute,
    mode: mode(options.mode ?? 'mask'),
    audience: options.audience,
    orderIdProperty: options.orderIdProperty ?? 'orderId',
    rolePaths: options.rolePaths,
    purge: { everyMs: positive('purge.everyMinutes', purge?.everyMinutes ?? 60) * MINUTE_MS },
    aliasCache: {
      orders: positive('aliasCache.orders', aliasCache?.orders ?? 50_000),
      ttlMs: positive('aliasCache.seconds', aliasCache?.seconds ?? 300) * 1_000,
    },
    mail,
    dkim,
    templatesDirectory,
    dataDirectory: resolve(dataDirectory),
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

function storeId(text: string): string {
  if (/^[\w.-]{1,64}$/.test(text)) return text;
  throw invalid('defaultStoreId', 'give 1 to 64 letters, digits, dots, hyphens or underscores');
}

function mode(text: string): TrackerOptions['mode'] {
  if (text === 'mask' || text === 'report') return text;
  throw invalid('mode', "give 'report' or 'mask'");
}

function positive(option: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw invalid(option, 'give a number above 0');
}

const invalid = (option: string, mend: string) => new TrackerError('configuration-invalid', `${option}: ${mend}`);
