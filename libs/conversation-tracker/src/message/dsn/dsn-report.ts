/** What became of a message for one recipient (RFC 3464 §2.3.3). */
export type DsnAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';

/** What a report says of one recipient, as it came: full of addresses, so nothing of it is shown unmasked (MAIL-RULES R27). */
export interface RecipientReport {
  readonly action: DsnAction;
  /** RFC 3463, such as `5.1.1`. */
  readonly status?: string;
  /** What the server said that refused or kept the message; empty where the report does not tell. */
  readonly diagnostic: string;
  /** Whom it is about: the address that we sent to, and the one that was meant by then. */
  readonly addresses: readonly string[];
}

/** RFC 3463 §2, wherever it stands in a text. */
const STATUS = /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/;

/** The first status code in a text. */
export function statusIn(text: string): string | undefined {
  return STATUS.exec(text)?.[1];
}
