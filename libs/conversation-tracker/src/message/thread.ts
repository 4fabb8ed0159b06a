import { createHmac } from 'node:crypto';

export interface ThreadHeaders {
  readonly messageId: string;
  readonly inReplyTo: string;
  /** Oldest first (RFC 5322 §3.6.4). */
  readonly references: readonly string[];
}

/** More ids than this make a References header that some servers cut or refuse; the root and the newest matter. */
const maxEarlierReferences = 18;

/**
 * The Message-ID that a key always gives: `<32 hex@domain>`. Who sends again after a crash sends the same id, so the
 * reader sees one mail; and since it is keyed, nobody outside can guess one and plant it first (MAIL-RULES R11).
 *
 * @param parts what makes the message one of a kind, such as store, order, step and occurrence
 * @param key the HMAC key of the installation
 * @param domain the tracker domain
 */
export function deriveMessageId(parts: readonly string[], key: Uint8Array, domain: string): string {
  // JSON keeps ['a', 'bc'] and ['ab', 'c'] apart.
  const digest = createHmac('sha256', key)
    .update(`message-id\0${JSON.stringify(parts)}`)
    .digest('hex');
  return `<${digest.slice(0, 32)}@${domain}>`;
}

/**
 * The id that every mail of an order refers to, so that mail programs show them as one thread whichever of them
 * arrived. No message carries it: the thread has a root even where the first step mails nobody.
 */
export function orderThreadRoot(
  order: { readonly storeId: string; readonly orderId: string },
  key: Uint8Array,
  domain: string,
): string {
  return deriveMessageId(['order', order.storeId, order.orderId], key, domain);
}

/**
 * The threading headers of one message of an order (MAIL-RULES R33). Its own id also stands in References, since some
 * providers put a Message-ID of their own in place of it and replies then name only that.
 *
 * @param earlier ids of the order's messages that this one follows, oldest first; none for a status mail
 */
export function threadHeaders(messageId: string, root: string, earlier: readonly string[] = []): ThreadHeaders {
  const followed = earlier.slice(-maxEarlierReferences);
  return {
    messageId,
    inReplyTo: followed.at(-1) ?? root,
    references: [...new Set([root, ...followed, messageId])],
  };
}
