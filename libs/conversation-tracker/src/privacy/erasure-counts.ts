/** How much was erased, by kind. After a crash in the middle it may say a little less than what was done. */
export interface ErasureCounts {
  /** Orders that were looked through. */
  orders: number;
  /** People of an order whose address and name are gone. */
  participants: number;
  aliases: number;
  /** Messages whose subject and text are gone. */
  messages: number;
  attachments: number;
  /** Whole messages, as they came in and as they were sent. */
  rawMessages: number;
  /** Copies on their way to one recipient each, sent or not. */
  deliveries: number;
  /** Of them, those that waited and are not sent. */
  deliveriesCanceled: number;
  /** Message-IDs by which threads were followed. */
  threadIds: number;
  autoReplies: number;
  /** Events on which a consumer had given up. */
  parkedEvents: number;
  /** What people of the store wrote down about the orders. */
  notes: number;
  /** Entries of the store's settings. */
  settings: number;
}

export const noCounts: Readonly<ErasureCounts> = {
  orders: 0,
  participants: 0,
  aliases: 0,
  messages: 0,
  attachments: 0,
  rawMessages: 0,
  deliveries: 0,
  deliveriesCanceled: 0,
  threadIds: 0,
  autoReplies: 0,
  parkedEvents: 0,
  notes: 0,
  settings: 0,
};

export function add(counts: ErasureCounts, more: Partial<ErasureCounts>): void {
  for (const [kind, count] of Object.entries(more)) counts[kind as keyof ErasureCounts] += count;
}
