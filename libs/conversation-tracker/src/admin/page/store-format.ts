/** How the pages write times: in the store's zone, and in its own locale where that is of the page's language. */
export interface StoreFormat {
  /** BCP 47. */
  locale: string;
  /** IANA. */
  timeZone: string;
}

/** More pairs than any installation uses; a bound, since stores choose both. */
const MAX_FORMATS = 500;
const formats = new Map<string, Intl.DateTimeFormat>();

export function moment(at: number, format: StoreFormat): string {
  return formatOf(format, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

export function day(at: number, format: StoreFormat): string {
  return formatOf(format, { dateStyle: 'long' }).format(at);
}

function formatOf({ locale, timeZone }: StoreFormat, style: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${JSON.stringify(style)}`;
  const known = formats.get(key);
  if (known) return known;
  if (formats.size >= MAX_FORMATS) formats.clear();
  const format = new Intl.DateTimeFormat(locale, { ...style, timeZone });
  formats.set(key, format);
  return format;
}
