/** How a mail writes amounts and times. */
export interface MailFormat {
  /** The store's locale: what its customers are used to, whatever the language of the text; in digits of the text. */
  readonly numberLocale: string;
  /** The store's locale where the text is in its language, else that of the text, since a date has words in it. */
  readonly dateLocale: string;
  /** ISO 4217. */
  readonly currency: string;
  /** IANA. */
  readonly timeZone: string;
}

type Formatter = (value: number) => string;

/** More than any installation uses; a bound, since the currency comes from the order. */
const maxFormatters = 500;
const formatters = new Map<string, Formatter>();

/**
 * Decimals of the currencies whose minor unit is not a hundredth (ISO 4217). Intl tells how many decimals people write,
 * which for COP or HUF is another number.
 */
const decimals: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
  ...'CLF UYW'.split(' ').map((code) => [code, 4]),
]);

/** An amount in minor units as people of the locale write it, such as 1990 → €19.90 or ¥1,990; empty for null. */
export function money(
  amount: number | null,
  { numberLocale, currency }: Pick<MailFormat, 'numberLocale' | 'currency'>,
): string {
  if (amount === null) return '';
  const digits = decimals[currency] ?? 2;
  const unit = 10 ** digits;
  // Cents that there are must show, also in a currency that is written without.
  const fraction = amount % unit === 0 ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const format = formatter(`${numberLocale} ${currency} ${amount % unit === 0}`, () => {
    const numberFormat = new Intl.NumberFormat(numberLocale, { style: 'currency', currency, ...fraction });
    return (value) => numberFormat.format(value);
  });
  return format(amount / unit);
}

/** A count as people of the locale write it, such as 1.5 → 1,5; empty for null. */
export function number(value: number | null, { numberLocale }: MailFormat): string {
  const format = formatter(`${numberLocale} number`, () => {
    const numberFormat = new Intl.NumberFormat(numberLocale);
    return (count) => numberFormat.format(count);
  });
  return value === null ? '' : format(value);
}

/** The day of an instant in the store's time zone; empty for null. */
export function date(instant: number | null, { dateLocale, timeZone }: MailFormat): string {
  const format = formatter(`${dateLocale} ${timeZone} date`, () => {
    const dateFormat = new Intl.DateTimeFormat(dateLocale, { dateStyle: 'long', timeZone });
    return (value) => dateFormat.format(value);
  });
  return instant === null ? '' : format(instant);
}

/** The day and minute of an instant in the store's time zone, with the zone's name; empty for null. */
export function dateTime(instant: number | null, { dateLocale, timeZone }: MailFormat): string {
  const format = formatter(`${dateLocale} ${timeZone} dateTime`, () => {
    const day = { year: 'numeric', month: 'long', day: 'numeric' } as const;
    const clock = { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' } as const;
    const dateFormat = new Intl.DateTimeFormat(dateLocale, { ...day, ...clock, timeZone });
    return (value) => dateFormat.format(value);
  });
  return instant === null ? '' : format(instant);
}

/** Making one takes longer than rendering a whole mail. */
function formatter(key: string, make: () => Formatter): Formatter {
  const known = formatters.get(key);
  if (known) return known;
  if (formatters.size >= maxFormatters) formatters.clear();
  const made = make();
  formatters.set(key, made);
  return made;
}
