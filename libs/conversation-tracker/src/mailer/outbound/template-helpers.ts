import { type Formats } from './template-format.js';
import { plural, type PluralForms } from './template-plural.js';

/** What a template knows beside the model. */
export interface TemplateData {
  readonly formats: Formats;
  /** The language of the text, BCP 47. */
  readonly locale: string;
  readonly direction: 'ltr' | 'rtl';
  /** The rendered subject; not there while it is rendered. */
  readonly subject?: string;
}

type Helper = (value: number | null, data: TemplateData, forms: PluralForms) => string;

/** What a template may call, each with one number of the model; only `plural` takes more. */
export const templateHelpers = {
  money: (amount, { formats }) => formats.money(amount),
  number: (count, { formats }) => formats.number(count),
  date: (instant, { formats }) => formats.date(instant),
  dateTime: (instant, { formats }) => formats.dateTime(instant),
  plural: (count, { locale, formats }, forms) => plural(count, forms, locale, formats),
} as const satisfies Record<string, Helper>;
