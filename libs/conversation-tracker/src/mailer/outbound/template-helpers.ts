import { type HelperOptions } from 'handlebars';
import { date, dateTime, type MailFormat, money, number } from './template-format.js';
import { plural } from './template-plural.js';

/** What a template knows beside the model. */
export interface TemplateData {
  readonly format: MailFormat;
  /** The language of the text, BCP 47. */
  readonly locale: string;
  readonly direction: 'ltr' | 'rtl';
  /** The rendered subject; not there while it is rendered. */
  readonly subject?: string;
}

/** A number of the model; undefined where it stands in a group that is null. */
type Shown = number | null | undefined;

function dataOf(options: HelperOptions): TemplateData {
  return options.data as TemplateData;
}

function formatted(write: (value: number | null, format: MailFormat) => string) {
  return (value: Shown, options: HelperOptions): string => write(value ?? null, dataOf(options).format);
}

/** What a template may call, each with one number of the model; only `plural` takes more. */
export const templateHelpers = {
  money: formatted(money),
  number: formatted(number),
  date: formatted(date),
  dateTime: formatted(dateTime),
  plural: (count: Shown, options: HelperOptions): string => {
    const { locale, format } = dataOf(options);
    return plural(count ?? null, options.hash as Record<string, string>, locale, format);
  },
} as const;
