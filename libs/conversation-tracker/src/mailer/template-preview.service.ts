import { Injectable } from '@nestjs/common';
import { TrackerError } from '../kernel/errors.js';
import { type OrderStep } from '../ports/order-events.js';
import { SettingsService } from '../settings/settings.service.js';
import { sampleMail } from './outbound/sample-model.js';
import { MailTemplates } from './outbound/mail-templates.js';
import { type RenderedMail } from './outbound/template-renderer.js';

export interface TemplateView {
  step: OrderStep;
  /** Whether the store has the customer mailed at that step. */
  mailed: boolean;
}

export interface TemplatePreview extends RenderedMail {
  step: OrderStep;
}

/** Shows a store what its mails will look like. */
@Injectable()
export class TemplatePreviews {
  constructor(
    private readonly settings: SettingsService,
    private readonly templates: MailTemplates,
  ) {}

  async list(storeId: string): Promise<TemplateView[]> {
    const { mailSteps } = await this.settings.get(storeId);
    return this.templates.steps.map((step) => ({ step, mailed: mailSteps.includes(step) }));
  }

  /**
   * The mail of a step about a made-up order, under the store's own name, in its language, time zone and currency.
   * @throws TrackerError `invalid-input` for a step without a template
   */
  async preview(storeId: string, name: string): Promise<TemplatePreview> {
    const { steps } = this.templates;
    const step = steps.find((known) => known === name);
    if (step === undefined) {
      const message = `must be one of ${steps.join(', ')}`;
      throw new TrackerError('invalid-input', 'there is no template for that step', [{ field: 'step', message }]);
    }
    const { locale, timeZone, currency, senderName } = await this.settings.get(storeId);
    const sample = sampleMail(step, locale);
    const store = { name: senderName ?? sample.store.name, timeZone };
    return { step, ...(await this.templates.render(step, locale, { ...sample, store, currency })) };
  }
}
