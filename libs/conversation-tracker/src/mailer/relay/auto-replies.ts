import { type EntityManager, LessThanOrEqual } from 'typeorm';
import { foldAddress } from '../../kernel/email-address.js';
import { type KeyRing } from '../../persistence/key-ring.js';
import { AutoReply } from './auto-reply.entity.js';

/** How long one person's automatic replies to another are recorded and no longer relayed, once one was (R23). */
export const AUTO_REPLY_PAUSE_MS = 4 * 24 * 3_600_000;

/** An automatic reply on its way to one of those it is for. */
export interface AutoReplyToRelay {
  readonly storeId: string;
  /** Row id of the message: asked again for the same one, after a crash say, the answer is the same. */
  readonly messageId: string;
  /** Real addresses; spellings of one mailbox are one person, in whatever order they meet. */
  readonly writer: string;
  readonly reader: string;
}

/** Keeps out-of-office messages from filling a conversation, and two of them from answering each other (R23). */
export class AutoReplies {
  constructor(
    private readonly keys: KeyRing,
    private readonly pauseMs = AUTO_REPLY_PAUSE_MS,
  ) {}

  /**
   * Whether the reply goes on. Asks and remembers in one, in the transaction that queues the delivery: of two replies at one
   * moment, one goes on.
   *
   * @param now epoch milliseconds
   */
  async mayRelay(manager: EntityManager, reply: AutoReplyToRelay, now: number): Promise<boolean> {
    const { storeId, messageId } = reply;
    const pairKey = this.pairKey(reply);
    // Those of other pairs as well: nobody needs them any more.
    await manager.delete(AutoReply, { relayedAt: LessThanOrEqual(now - this.pauseMs) });
    const row = { pairKey, storeId, messageId, relayedAt: now };
    // Another process that does the same waits here for the first one's commit, and then finds that one's row.
    await manager.createQueryBuilder().insert().into(AutoReply).values(row).orIgnore().updateEntity(false).execute();
    return manager.existsBy(AutoReply, { pairKey, messageId });
  }

  private pairKey({ storeId, writer, reader }: AutoReplyToRelay): string {
    return this.keys.index.hmac(JSON.stringify(['auto-reply', storeId, foldAddress(writer), foldAddress(reader)]));
  }
}
