import { type HelperDelegate } from 'handlebars';

const money = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' });
const count = new Intl.NumberFormat('en');
const day = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' });
const minute = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** The helpers that the templates call, as the peers have them: their formats are made once, as ours are. */
export const plainHelpers: Record<string, HelperDelegate> = {
  money: (amount: number | null) => (amount === null ? '' : money.format(amount / 100)),
  number: (value: number | null) => (value === null ? '' : count.format(value)),
  date: (instant: number | null) => (instant === null ? '' : day.format(instant)),
  dateTime: (instant: number | null) => (instant === null ? '' : minute.format(instant)),
  plural: (value: number, { hash }: { hash: Record<string, string> }) =>
    (value === 1 ? hash['one'] : hash['other'])?.replace('#', count.format(value)),
};
