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

/** More than any installation uses; a bound, since the currency comes from the order. */
const maxFormats = 500;
const formats = new Map<string, Formats>();
/** The numbers of a few mails: what stands in the HTML stands in the text, and often in the mail of the next step. */
const maxRemembered = 100;

/**
 * Decimals of the currencies whose minor unit is not a hundredth (ISO 4217). Intl tells how many decimals people write,
 * which for COP or HUF is another number.
 */
const decimals: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
  ...'CLF UYW'.split(' ').map((code) => [code, 4]),
]);

/** Writes the numbers of the model; each method gives an empty text for null. */
export class Formats {
  private readonly writeMoney = remembered((amount) => this.moneyFormat(amount).format(amount / this.unit));
  private readonly writeNumber = remembered((count) => (this.numberFormat ??= this.makeNumberFormat()).format(count));
  private readonly writeDate = remembered((instant) => (this.dateFormat ??= this.makeDateFormat()).format(instant));
  private readonly writeDateTime = remembered((instant) => (this.timeFormat ??= this.makeTimeFormat()).format(instant));
  private readonly decimals: number;
  private readonly unit: number;
  // Making one of these takes longer than rendering a whole mail.
  private wholeFormat?: Intl.NumberFormat;
  private brokenFormat?: Intl.NumberFormat;
  private numberFormat?: Intl.NumberFormat;
  private dateFormat?: Intl.DateTimeFormat;
  private timeFormat?: Intl.DateTimeFormat;

  constructor(private readonly format: MailFormat) {
    this.decimals = decimals[format.currency] ?? 2;
    this.unit = 10 ** this.decimals;
  }

  /** An amount in minor units as people of the locale write it, such as 1990 → €19.90 or ¥1,990. */
  money(amount: number | null): string {
    return amount === null ? '' : this.writeMoney(amount);
  }

  /** A count as people of the locale write it, such as 1.5 → 1,5. */
  number(count: number | null): string {
    return count === null ? '' : this.writeNumber(count);
  }

  /** The day of an instant in the store's time zone. */
  date(instant: number | null): string {
    return instant === null ? '' : this.writeDate(instant);
  }

  /** The day and minute of an instant in the store's time zone, with the zone's name. */
  dateTime(instant: number | null): string {
    return instant === null ? '' : this.writeDateTime(instant);
  }

  private moneyFormat(amount: number): Intl.NumberFormat {
    if (amount % this.unit === 0) return (this.wholeFormat ??= this.makeMoneyFormat({}));
    // Cents that there are must show, also in a currency that is written without.
    const fraction = { minimumFractionDigits: this.decimals, maximumFractionDigits: this.decimals };
    return (this.brokenFormat ??= this.makeMoneyFormat(fraction));
  }

  private makeMoneyFormat(fraction: Intl.NumberFormatOptions): Intl.NumberFormat {
    const { numberLocale, currency } = this.format;
    return new Intl.NumberFormat(numberLocale, { style: 'currency', currency, ...fraction });
  }

  private makeNumberFormat(): Intl.NumberFormat {
    return new Intl.NumberFormat(this.format.numberLocale);
  }

  private makeDateFormat(): Intl.DateTimeFormat {
    const { dateLocale, timeZone } = this.format;
    return new Intl.DateTimeFormat(dateLocale, { dateStyle: 'long', timeZone });
  }

  private makeTimeFormat(): Intl.DateTimeFormat {
    const day = { year: 'numeric', month: 'long', day: 'numeric' } as const;
    const clock = { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' } as const;
    const { dateLocale, timeZone } = this.format;
    return new Intl.DateTimeFormat(dateLocale, { ...day, ...clock, timeZone });
  }
}

export function formatsOf(format: MailFormat): Formats {
  const key = `${format.numberLocale} ${format.dateLocale} ${format.currency} ${format.timeZone}`;
  const known = formats.get(key);
  if (known) return known;
  if (formats.size >= maxFormats) formats.clear();
  const made = new Formats(format);
  formats.set(key, made);
  return made;
}

/** One amount that stands in no mail. */
export function money(
  amount: number | null,
  { numberLocale, currency }: Pick<MailFormat, 'numberLocale' | 'currency'>,
): string {
  return formatsOf({ numberLocale, dateLocale: numberLocale, currency, timeZone: 'UTC' }).money(amount);
}

/** What a function of one number gave for the numbers of late. */
export function remembered<Text extends string>(write: (value: number) => Text): (value: number) => Text {
  const texts = new Map<number, Text>();
  return (value) => {
    const known = texts.get(value);
    if (known !== undefined) return known;
    if (texts.size >= maxRemembered) texts.clear();
    // A map takes 0 and -0 for the same, Intl does not.
    const text = write(value + 0);
    texts.set(value, text);
    return text;
  };
}
