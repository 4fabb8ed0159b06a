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

/** A message of an order as those who are in its thread know it. */
export interface ThreadMessage {
  /** Our id for it, which everybody else's copy carries. */
  readonly messageId: string;
  /** The id with which it came, which its writer's own copy carries; missing for what we wrote ourselves. */
  readonly originalMessageId?: string;
  /** The participant who wrote it. */
  readonly writerId?: string;
}

/** More than a mail program keeps; a longer References was made up. */
const mostIdsRead = 60;

/** RFC 5322 §3.6.4, with or without an at sign, since programs forget it; no other octet gets into a header (R40). */
const idShape = /^<[!-;=?-~]{1,900}>$/;

/**
 * The ids that a message follows, oldest first and each once: those of References, and behind them that of In-Reply-To, which
 * is the one it answers. Of a long list the newest. Never fails.
 *
 * @param references the values of the field, folded or not
 * @param inReplyTo likewise; text that is no id (`Your message of Monday`) is passed over
 */
export function readFollowedIds(references: readonly string[], inReplyTo: readonly string[]): string[] {
  const answered = messageIdsIn(inReplyTo);
  const ids = [...messageIdsIn(references), ...answered];
  return ids.filter((id, at) => ids.lastIndexOf(id) === at).slice(-mostIdsRead);
}

/** The ids in the values of a Message-ID, References or In-Reply-To field; what broke one in two is mended. Never fails. */
export function messageIdsIn(values: readonly string[]): string[] {
  return values
    .flatMap((value) => (value.match(/<[^<>]{1,2000}>/g) ?? []).slice(-mostIdsRead))
    .map((id) => id.replace(/\s+/g, ''))
    .filter((id) => idShape.test(id));
}

/**
 * The threading headers of the copy that one recipient gets (MAIL-RULES R33). That person's mail program knows a message of
 * the person's own by the id with which it came, and every other one by ours.
 *
 * @param copy the recipient's participant id, our id of the message that is relayed, and the root of the order's thread
 * @param followedIds as {@link readFollowedIds} found them
 * @param known what these ids name in this order; an id that names nothing there is dropped
 */
export function threadFor(
  copy: { readonly recipientId: string; readonly messageId: string; readonly root: string },
  followedIds: readonly string[],
  known: ReadonlyMap<string, ThreadMessage>,
): ThreadHeaders {
  const followed = new Set<string>();
  for (const id of followedIds) {
    const message = known.get(id);
    if (!message || message.messageId === copy.messageId) continue;
    const { messageId, originalMessageId, writerId } = message;
    const shown = writerId === copy.recipientId ? (originalMessageId ?? messageId) : messageId;
    // Where two ids name one message, the later place counts.
    followed.delete(shown);
    followed.add(shown);
  }
  return threadHeaders(copy.messageId, copy.root, [...followed]);
}
