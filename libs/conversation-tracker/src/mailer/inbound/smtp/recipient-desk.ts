import { type Clock } from '../../../kernel/clock.js';
import { type InboundRecipient } from './mail-receipt.js';
import { networkOf, RateWindow } from './rate-window.js';
import { decideRecipient, type RecipientSources } from './recipient-policy.js';
import { type SmtpLimits } from './smtp-limits.js';
import { smtpReplies } from './smtp-reply.js';

const MINUTE_MS = 60_000;

/** Says for every way in whose mail it is, and how much of it is too much (R3, R8). */
export class RecipientDesk {
  private readonly messages: RateWindow;
  private readonly perAlias: RateWindow;
  private readonly perStore: RateWindow;

  constructor(
    private readonly sources: RecipientSources,
    limits: SmtpLimits,
    clock: Clock,
  ) {
    this.messages = new RateWindow(limits.messagesPerMinute, MINUTE_MS, clock);
    this.perAlias = new RateWindow(limits.messagesPerAliasPerHour, 60 * MINUTE_MS, clock);
    this.perStore = new RateWindow(limits.messagesPerStorePerHour, 60 * MINUTE_MS, clock);
  }

  /**
   * Counts one more message of a client.
   * @param address the client's IP address.
   * @throws SmtpReply where its network sends too many.
   */
  beginMessage(address: string): void {
    if (!this.messages.take(networkOf(address))) throw smtpReplies.slowDown();
  }

  /** @throws SmtpReply where the address is nobody's, cannot be looked up now, or gets too much. */
  async decide(address: string): Promise<InboundRecipient> {
    const recipient = await decideRecipient(address, this.sources);
    if (recipient.kind !== 'alias') return recipient;
    const { aliasId, storeId } = recipient;
    if (!this.perAlias.take(aliasId) || !this.perStore.take(storeId)) throw smtpReplies.slowDown();
    return recipient;
  }
}
