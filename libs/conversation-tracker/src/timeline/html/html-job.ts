/** HTML of somebody's that is to be shown. Plain data, so that it can go to a worker. */
export interface HtmlJob {
  readonly html: string;
  /** Whether pictures that lie elsewhere may be fetched. */
  readonly remoteImages: 'blocked' | 'shown';
  /** Where the pictures lie that `cid:` names, by content id. */
  readonly inlineImages: ReadonlyMap<string, string>;
}

/** HTML that is safe to show. */
export interface SafeHtml {
  readonly html: string;
  /** How many pictures of it lie elsewhere, blocked or not. */
  readonly remoteImages: number;
}

/** The worker's answer; a fault of the library on one message is that message's alone. */
export type HtmlOutcome = SafeHtml | { readonly fault: true };
