/** A whole number of days, or `forever`. */
export type Keeping = number | 'forever';

/** How long what is kept of a store's mail is kept, from the day of the message or entry. */
export interface Retention {
  /** What messages say; their subject stays. Default: 730. */
  bodies: Keeping;
  /** Whole messages with real addresses, as they came in and as they were sent, at least 7. Default: 90. */
  rawMessages: Keeping;
  /** Default: 730. */
  attachments: Keeping;
  /** Messages and entries as a whole. Default: 1825. */
  timeline: Keeping;
  /** Default: 1825. */
  audit: Keeping;
}

/**
 * Two years are how long a sale may be disputed in most places; raw messages, which show addresses, are needed while one is
 * delivered, released or disputed. Five years for who did what.
 */
export const defaultRetention: Readonly<Retention> = {
  bodies: 730,
  rawMessages: 90,
  attachments: 730,
  timeline: 1_825,
  audit: 1_825,
};

/** A mail is tried for five days, and may be sent again by hand after that. */
const LEAST: Readonly<Record<keyof Retention, number>> = {
  bodies: 1,
  rawMessages: 7,
  attachments: 1,
  timeline: 7,
  audit: 1,
};
/** In the order in which people read of them. */
export const retentionParts = Object.keys(LEAST) as readonly (keyof Retention)[];
const MOST = 36_500;

/** @returns what is wrong, by name; nothing where all is right. */
export function wrongRetention(value: Record<string, unknown>): [name: string, message: string][] {
  return Object.entries(value).flatMap(([name, days]): [string, string][] => {
    if (!Object.hasOwn(LEAST, name)) return [['', `has no such part; there are ${Object.keys(LEAST).join(', ')}`]];
    const least = LEAST[name as keyof Retention];
    const isRight = days === 'forever' || (Number.isInteger(days) && Number(days) >= least && Number(days) <= MOST);
    return isRight ? [] : [[`.${name}`, `must be forever or a whole number of days from ${least} to ${MOST}`]];
  });
}
