import { Logger } from '@nestjs/common';
import { isTrackerError } from '../../kernel/errors.js';
import { type OrderStep } from '../../ports/order-events.js';
import { type StatusMailModel } from '../outbound/mail-model.js';
import { type Templates } from '../outbound/mail-composer.js';
import { type RenderedMail } from '../outbound/template-renderer.js';

/** In characters, far above what mail programs show of a message. */
const MAX_MAIL = 500_000;

export function isTooLong({ html, text }: RenderedMail): boolean {
  return html.length > MAX_MAIL || text.length > MAX_MAIL;
}

/** The templates of a store over those of the installation, which step in where one of the store's fails. */
export class StoreRenderer implements Templates {
  private readonly logger = new Logger('ConversationTracker');

  constructor(
    private readonly storeId: string,
    private readonly own: Templates,
    private readonly base: Templates,
  ) {}

  /** What was right when it was written may be wrong after an upgrade: the customer gets the mail all the same. */
  async render(step: OrderStep, locale: string, model: StatusMailModel): Promise<RenderedMail> {
    try {
      const mail = await this.own.render(step, locale, model);
      if (!isTooLong(mail)) return mail;
    } catch (error) {
      if (!isTrackerError(error)) throw error;
    }
    this.logger.warn(`the template of store ${this.storeId} for ${step} fails; the mail is made without it`);
    return this.base.render(step, locale, model);
  }
}
