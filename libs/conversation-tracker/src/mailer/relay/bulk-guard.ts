import { type Clock } from '../../kernel/clock.js';
import { type KeyRing } from '../../persistence/key-ring.js';
import { type SettingsService } from '../../settings/settings.service.js';
import { type MessageReader } from '../../timeline/message-reader.js';
import { type MessageContext } from '../inbound/smtp/message-screen.js';
import { smtpReplies, type SmtpReply } from '../inbound/smtp/smtp-reply.js';
import { MAX_BULK_ORDERS } from '../inbound/verdict/classify.js';
import { type SenderVerdict } from '../inbound/verdict/sender-verdict.js';
import { byOrder } from './order-copies.js';
import { type RefusalRecorder } from './refusal-recorder.js';
import { senderIndexOf } from './relay-ids.js';

const DAY_MS = 24 * 3_600_000;

/** To how many orders a sender's bulk mail went in the last 24 hours (R28). */
export function bulkOrdersToday(reader: MessageReader, senderIndex: string, now: number): Promise<number> {
  return reader.ordersOfSender(senderIndex, 'bulk', now - DAY_MS);
}

/** Refuses mailing lists and advertising while their sender still listens (R28). */
export class BulkGuard {
  constructor(
    private readonly settings: SettingsService,
    private readonly reader: MessageReader,
    private readonly refusals: RefusalRecorder,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {}

  /** Refused only where every recipient is of an order whose store will not have it: else it is taken, and held for these. */
  readonly refuse = async (verdict: SenderVerdict, { recipients }: MessageContext): Promise<SmtpReply | undefined> => {
    const { bulk, report } = verdict.nature;
    if (!bulk || report || recipients.some(({ kind }) => kind !== 'alias')) return undefined;
    const orders = byOrder(recipients);
    const senderIndex = senderIndexOf(this.keys, verdict.from);
    const many = (await bulkOrdersToday(this.reader, senderIndex, this.clock.now())) + orders.length > MAX_BULK_ORDERS;
    for (const { storeId } of orders) {
      if (!many && (await this.settings.get(storeId)).bulkMail !== 'refuse') return undefined;
    }
    for (const order of orders) await this.refusals.record(order, verdict, senderIndex);
    return smtpReplies.noBulk();
  };
}
