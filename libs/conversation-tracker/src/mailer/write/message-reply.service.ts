import { Injectable } from '@nestjs/common';
import { currentHolder } from '../../alias/current-holder.js';
import { TrackerError } from '../../kernel/errors.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { type OrderRef } from '../../ports/order-source.js';
import { type StoredMessage } from '../../timeline/message-reader.js';
import { TimelineService } from '../../timeline/timeline.service.js';
import { type Letter } from './message-writer.service.js';
import { quoteHtml, quoteText, replySubject } from './quote.js';
import { type GivenFile, type ReplyRequest } from './write-request.js';
import { type Addressee } from './written-people.js';

/** Makes an answer of what the answered message says. */
@Injectable()
export class MessageReply {
  constructor(
    private readonly timeline: TimelineService,
    private readonly database: TrackerDatabase,
  ) {}

  /** @throws TrackerError `message-not-found`. */
  async orderOf(storeId: string, messageId: string): Promise<OrderRef> {
    const { row } = await this.timeline.stored(storeId, messageId);
    return { storeId, orderId: row.orderId };
  }

  /**
   * To who wrote the message, quoted; to those who got it, where the store wrote it.
   * @throws TrackerError `message-not-found`, or `invalid-input` where nobody of the order is to be answered.
   */
  async letter(storeId: string, id: string, request: ReplyRequest, files: readonly GivenFile[]): Promise<Letter> {
    const stored = await this.timeline.stored(storeId, id);
    const view = await this.timeline.message(storeId, id);
    const who = view.from.name ?? view.from.role;
    const quoted = { who, at: stored.row.createdAt, text: view.text ?? '' };
    const { text, html, subject = replySubject(view.subject) } = request;
    return {
      to: await this.addressees(storeId, stored),
      subject,
      text: `${text.trimEnd()}\n\n${quoteText(quoted)}\n`,
      html: html === undefined ? undefined : `${html}\n${quoteHtml(quoted)}\n`,
      inReplyTo: id,
      files,
    };
  }

  private async addressees(storeId: string, { row, head }: StoredMessage): Promise<Addressee[]> {
    const parties = row.direction === 'in' ? [head.from] : head.recipients;
    const to: Addressee[] = [];
    for (const { participantId } of parties) {
      // Whoever took that one's place, where an address was corrected.
      const holder = participantId && (await currentHolder(this.database.manager, storeId, participantId));
      if (holder) to.push({ participantId: holder.id });
    }
    if (to.length > 0) return to;
    const message = 'must name a message of somebody of the order: release it first, or write to an alias';
    throw new TrackerError('invalid-input', 'correct id', [{ field: 'id', message }]);
  }
}
