import { randomBytes } from 'node:crypto';
import { type Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { type TrackerDatabase } from '../../persistence/tracker-database.js';
import { type MessageRecorder } from '../../timeline/message-recorder.js';
import { isAuthenticated, type SenderVerdict } from '../inbound/verdict/sender-verdict.js';
import { type OrderRecipients } from './order-copies.js';
import { partId } from './relay-ids.js';

/** Keeps on the timeline that somebody's mail was refused (R28): who, when and why, but nothing of what it said. */
export class RefusalRecorder {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly recorder: MessageRecorder,
    private readonly clock: Clock,
  ) {}

  async record(
    { storeId, orderId, recipients }: OrderRecipients,
    verdict: SenderVerdict,
    senderIndex: string,
  ): Promise<void> {
    const createdAt = this.clock.now();
    const id = newId(createdAt);
    const { from, dmarc, spf, dkimDomains, integration } = verdict;
    const message = await this.recorder.prepare({
      id,
      storeId,
      orderId,
      direction: 'in',
      step: null,
      internetMessageId: '',
      // Refused again, it is another refusal.
      dedupeKey: randomBytes(32).toString('hex'),
      hasAttachment: false,
      disposition: 'refused',
      holdReason: 'bulk',
      senderIndex,
      createdAt,
      subject: '',
      from: { role: 'contact' },
      recipients: recipients.map(({ participantId, aliasId }) => ({
        deliveryId: partId(id, participantId),
        participantId,
        aliasId,
        role: 'participant',
        state: 'recorded',
        diagnostic: 'bulk',
      })),
      body: { html: '', text: '' },
      incoming: {
        sender: from,
        verdict: { dmarc, spf, dkimDomains, integration, verified: isAuthenticated(verdict) },
        automatic: true,
        references: [],
        replaced: [],
        notes: [],
      },
    });
    await this.database.transaction((manager) => this.recorder.recordMessage(manager, message));
  }
}
