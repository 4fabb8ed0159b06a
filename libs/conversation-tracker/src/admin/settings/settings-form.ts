import { isDeepStrictEqual } from 'node:util';
import { retentionParts } from '../../settings/retention-setting.js';
import { type StoreSettingsValues } from '../../settings/store-settings-values.js';
import { type FormFields } from '../page/form-fields.js';

export const tabs = ['general', 'mails', 'incoming', 'keeping'] as const;
export type Tab = (typeof tabs)[number];

export type SettingsFields = { [F in keyof StoreSettingsValues]?: unknown };

/** What is no number stays as it was typed: the settings room refuses it, and the page shows it again. */
const wholeNumber = (text: string): number | string => (/^\d{1,9}$/.test(text) ? Number(text) : text);
/** An empty field takes a setting back to its default. */
const textOrNone = (text: string): string | null => (text === '' ? null : text);

/** What the form of a tab says of each setting on it; the settings room checks it. */
const readers: Readonly<Record<Tab, (form: FormFields) => SettingsFields>> = {
  general: (form) => ({
    maskType: form.text('maskType'),
    aliasLifetime:
      form.text('lifetime') === 'order-end'
        ? { kind: 'order-end', graceDays: wholeNumber(form.text('graceDays')) }
        : { kind: 'months', months: wholeNumber(form.text('months')) },
    locale: textOrNone(form.text('locale')),
    timeZone: textOrNone(form.text('timeZone')),
    currency: textOrNone(form.text('currency').toUpperCase()),
  }),
  mails: (form) => ({
    senderName: textOrNone(form.text('senderName')),
    senderAddress: textOrNone(form.text('senderAddress')),
    publicAddresses: form.lines('publicAddresses'),
    mailSteps: form.all('mailSteps'),
  }),
  incoming: (form) => ({
    relay: form.text('relay'),
    relayDomains: form.lines('relayDomains'),
    trustedSenders: form.lines('trustedSenders'),
    bulkMail: form.text('bulkMail'),
    opaqueMail: form.text('opaqueMail'),
    executableFiles: form.text('executableFiles'),
    attachmentTypes: form.lines('attachmentTypes'),
    attachmentMegabytes: wholeNumber(form.text('attachmentMegabytes')),
    attachmentCount: wholeNumber(form.text('attachmentCount')),
    relayPerAliasPerDay: wholeNumber(form.text('relayPerAliasPerDay')),
    relayPerStorePerDay: wholeNumber(form.text('relayPerStorePerDay')),
  }),
  keeping: (form) => ({
    retention: Object.fromEntries(
      retentionParts.map((part) => [part, form.text(part) === 'forever' ? 'forever' : wholeNumber(form.text(part))]),
    ),
  }),
};

export function readSettings(tab: Tab, form: FormFields): SettingsFields {
  return readers[tab](form);
}

/** Only what differs is written, so that a default that nobody touched stays one, and two people's changes both count. */
export function differing(fields: SettingsFields, current: Readonly<StoreSettingsValues>): SettingsFields {
  const known: SettingsFields = current;
  const differs = ([field, value]: [string, unknown]) => {
    const before = known[field as keyof StoreSettingsValues];
    return !isDeepStrictEqual(value, before) && !(value === null && before === undefined);
  };
  return Object.fromEntries(Object.entries(fields).filter(differs));
}
