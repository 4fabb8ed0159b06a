import { parseDomain, parseEmailAddress } from '../kernel/email-address.js';
import { type FieldError, TrackerError } from '../kernel/errors.js';
import { isOwnAddress } from '../message/alias-grammar.js';
import { cleanDisplayName, maxDisplayNameLength } from '../message/display-name.js';
import { isOrderStep, orderSteps } from '../ports/order-events.js';
import { defaultRetention, type Retention, wrongRetention } from './retention-setting.js';
import { type AliasLifetime, type StoreSettingsValues } from './store-settings-values.js';

/** Settings as a request names them; `null` takes a field back to its default. */
export type SettingsInput = { [F in keyof StoreSettingsValues]?: StoreSettingsValues[F] | null };

/** Notes what is wrong with a field; `below` names a part of it. */
type Fail = (message: string, below?: string) => undefined;
type Check<T> = (value: unknown, fail: Fail, trackerDomains: readonly string[]) => T | undefined;

const MAX_PUBLIC_ADDRESSES = 50;
const MAX_SENDERS = 200;
const MAX_TYPES = 100;
const MAX_MEGABYTES = 100;
/** R7: no message has more parts. */
const MAX_FILES = 250;
const MAX_BUDGET = 1_000_000_000;
const MAX_MONTHS = 24;
const MAX_GRACE_DAYS = 365;

/** RFC 6838 §4.2, and all of a kind. */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]{0,126})$/;

const checks: { [F in keyof StoreSettingsValues]-?: Check<NonNullable<StoreSettingsValues[F]>> } = {
  maskType: (value, fail) => (value === 'complex' || value === 'simple' ? value : fail('must be complex or simple')),
  senderName: (value, fail) =>
    typeof value === 'string' && value !== '' && cleanDisplayName(value) === value.normalize('NFC')
      ? value.normalize('NFC')
      : fail(
          `must be one line of 1 to ${maxDisplayNameLength} visible characters, with no address, quotation mark, ` +
            'backslash or angle bracket in it',
        ),
  senderAddress: checkAddress,
  publicAddresses: listOf(MAX_PUBLIC_ADDRESSES, 'e-mail addresses', checkAddress),
  locale: (value, fail) =>
    typeof value === 'string' && isLocale(value)
      ? Intl.getCanonicalLocales(value)[0]
      : fail('must be a BCP 47 language tag, such as en or pt-BR'),
  timeZone: (value, fail) =>
    typeof value === 'string' && isTimeZone(value) ? value : fail('must be an IANA time zone, such as Europe/Madrid'),
  currency: (value, fail) =>
    typeof value === 'string' && Intl.supportedValuesOf('currency').includes(value)
      ? value
      : fail('must be an ISO 4217 code, such as USD'),
  mailSteps: (value, fail) => {
    const isStep = (step: unknown) => typeof step === 'string' && isOrderStep(step);
    return Array.isArray(value) && value.every(isStep)
      ? orderSteps.filter((step) => value.includes(step))
      : fail(`must be a list of order steps: ${orderSteps.join(', ')}`);
  },
  aliasLifetime: checkLifetime,
  relay: oneOf('verified', 'known', 'domains', 'anyone'),
  relayDomains: listOf(MAX_SENDERS, 'domains', (value, fail) => {
    const domain = typeof value === 'string' ? parseDomain(value.trim()) : undefined;
    return domain ?? fail('must be a domain, such as carrier.example');
  }),
  trustedSenders: listOf(MAX_SENDERS, 'e-mail addresses', checkAddress),
  bulkMail: oneOf('hold', 'refuse'),
  opaqueMail: oneOf('hold', 'pass'),
  executableFiles: oneOf('hold', 'pass'),
  attachmentTypes: listOf(MAX_TYPES, 'types', (value, fail) => {
    const type = typeof value === 'string' ? value.trim().toLowerCase() : '';
    return MEDIA_TYPE.test(type) ? type : fail('must be a media type, such as application/pdf or image/*');
  }),
  attachmentMegabytes: wholeNumber(MAX_MEGABYTES),
  attachmentCount: wholeNumber(MAX_FILES),
  relayPerAliasPerDay: wholeNumber(MAX_BUDGET),
  relayPerStorePerDay: wholeNumber(MAX_BUDGET),
  retention: checkRetention,
};

function wholeNumber(most: number): Check<number> {
  return (value, fail) =>
    isInteger(value, 0, most) ? value : fail(`must be a whole number from 0 to ${most.toLocaleString('en')}`);
}

function oneOf<const T extends string>(...words: T[]): Check<T> {
  return (value, fail) => words.find((word) => word === value) ?? fail(`must be ${words.join(' or ')}`);
}

function listOf(most: number, what: string, check: Check<string>): Check<string[]> {
  return (value, fail, trackerDomains) => {
    if (!Array.isArray(value) || value.length > most) return fail(`must be a list of at most ${most} ${what}`);
    const items = value.map((item, index) => check(item, (message) => fail(message, `[${index}]`), trackerDomains));
    return [...new Set(items.filter((item) => item !== undefined))];
  };
}

/**
 * Reads the body of a request that writes settings.
 * @throws TrackerError `invalid-input`, with an entry for each wrong field.
 */
export function parseSettingsInput(body: unknown, trackerDomains: readonly string[]): SettingsInput {
  if (!isObject(body)) throw new TrackerError('invalid-input', 'send the settings as a JSON object');
  const errors: FieldError[] = [];
  const entries = Object.entries(body).map(([field, value]): [string, unknown] => {
    const fail: Fail = (message, below = '') => void errors.push({ field: field + below, message });
    if (isField(field)) return [field, value === null ? null : checks[field](value, fail, trackerDomains)];
    // A name that we did not choose may hold an address, which an error never repeats.
    const named = /^\w{1,40}$/.test(field) ? field : '(a field)';
    errors.push({ field: named, message: `is unknown; there are ${Object.keys(checks).join(', ')}` });
    return [field, null];
  });
  if (errors.length > 0) throw new TrackerError('invalid-input', 'some settings are not valid', errors);
  return Object.fromEntries(entries);
}

function isField(name: string): name is keyof StoreSettingsValues {
  return Object.hasOwn(checks, name);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkAddress(value: unknown, fail: Fail, trackerDomains: readonly string[]): string | undefined {
  const parsed = typeof value === 'string' ? parseEmailAddress(value.trim()) : undefined;
  if (!parsed) return fail('must be an e-mail address, such as orders@shop.example');
  // R22: mail to a stored alias would come back to us without end.
  if (isOwnAddress(parsed.address, trackerDomains)) return fail('must not lie at the domain of the aliases');
  return parsed.address;
}

function checkLifetime(value: unknown, fail: Fail): AliasLifetime | undefined {
  const { kind, months, graceDays } = isObject(value) ? value : {};
  if (kind === 'months') {
    return isInteger(months, 1, MAX_MONTHS)
      ? { kind, months }
      : fail(`must be a whole number from 1 to ${MAX_MONTHS}`, '.months');
  }
  if (kind === 'order-end') {
    return isInteger(graceDays, 0, MAX_GRACE_DAYS)
      ? { kind, graceDays }
      : fail(`must be a whole number from 0 to ${MAX_GRACE_DAYS}`, '.graceDays');
  }
  return fail('must be months or order-end', '.kind');
}

function checkRetention(value: unknown, fail: Fail): Retention | undefined {
  if (!isObject(value)) return fail('must be an object such as { "bodies": 365, "audit": "forever" }');
  const wrong = wrongRetention(value);
  for (const [name, message] of wrong) fail(message, name);
  return wrong.length > 0 ? undefined : { ...defaultRetention, ...value };
}

function isInteger(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function isLocale(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

function isTimeZone(name: string): boolean {
  // Newer engines take an offset such as +02:00 as well, which knows no daylight saving time.
  if (/^[+-]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
