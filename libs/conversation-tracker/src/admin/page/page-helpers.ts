import Handlebars, { type HelperDelegate, type HelperOptions } from 'handlebars';
import { isTextKey } from '../texts/texts.js';
import { type PageVisit } from './page-visit.js';
import { day, moment } from './store-format.js';

const visitOf = ({ data }: HelperOptions): PageVisit => (data as { visit: PageVisit }).visit;

/** A time for people, which programs can read as well. */
function timeElement(at: unknown, options: HelperOptions, write: typeof moment): Handlebars.SafeString | string {
  if (typeof at !== 'number') return '';
  const shown = Handlebars.escapeExpression(write(at, visitOf(options).facts.format));
  return new Handlebars.SafeString(`<time datetime="${new Date(at).toISOString()}">${shown}</time>`);
}

/** What the templates may call. */
export const pageHelpers: Readonly<Record<string, HelperDelegate>> = {
  /** `{{t "settings.title"}}`, `{{t "search.none" query=query}}`, `{{t (concat "settings.step." step)}}` */
  t(key: unknown, options: HelperOptions): string {
    if (typeof key !== 'string' || !isTextKey(key)) throw new Error(`there is no text ${String(key)}`);
    return visitOf(options).text(key, options.hash as Record<string, string | number>);
  },
  /** A path of ours as a link: `{{url "/settings"}}`, `{{url "/orders/" (encode orderId)}}` */
  url(...given: unknown[]): string {
    return visitOf(given.at(-1) as HelperOptions).url(given.slice(0, -1).join(''));
  },
  /** One segment of a path, or a value of a query. */
  encode(text: unknown): string {
    return encodeURIComponent(String(text));
  },
  concat(...given: unknown[]): string {
    return given.slice(0, -1).join('');
  },
  equal(one: unknown, other: unknown): boolean {
    return one === other;
  },
  includes(list: unknown, one: unknown): boolean {
    return Array.isArray(list) && list.includes(one);
  },
  /** A time of day with its date. */
  moment(at: unknown, options: HelperOptions) {
    return timeElement(at, options, moment);
  },
  day(at: unknown, options: HelperOptions) {
    return timeElement(at, options, day);
  },
  /** An alias as text that breaks before the tracker's domain, where it breaks at all. A real address stays in one piece. */
  breakable(text: unknown) {
    const [, head = '', rest = ''] =
      /^([0-9a-f]{32}(?=@)|.*-\d{12}b\.)?(.*)$/s.exec(typeof text === 'string' ? text : '') ?? [];
    const [before, after] = [head, rest].map((one) => Handlebars.escapeExpression(one));
    return new Handlebars.SafeString(head === '' ? after : `${before}<wbr>${after}`);
  },
  /** The token that each form carries. */
  token(options: HelperOptions): string {
    return visitOf(options).facts.token;
  },
};
