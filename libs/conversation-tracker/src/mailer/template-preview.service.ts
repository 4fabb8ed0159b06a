import { Inject, Injectable } from '@nestjs/common';
import { AliasService } from '../alias/alias.service.js';
import { type Clock } from '../kernel/clock.js';
import { TrackerError } from '../kernel/errors.js';
import { type OrderStep } from '../ports/order-events.js';
import { ORDER_SOURCE, type OrderRef, type OrderSource } from '../ports/order-source.js';
import { CLOCK, TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';
import { SettingsService } from '../settings/settings.service.js';
import { MailPeopleFinder, storeOf } from './mail-people.js';
import { renderStatusMail, type Templates } from './outbound/mail-composer.js';
import { MailTemplates } from './outbound/mail-templates.js';
import { sampleMail } from './outbound/sample-model.js';
import { canonicalLocale } from './outbound/template-files.js';
import { type RenderedMail } from './outbound/template-renderer.js';
import { StoreTemplates } from './store-templates/store-templates.service.js';
import { TemplateOverrides } from './store-templates/template-overrides.service.js';
import { isPart, type PartName } from './store-templates/template-sources.js';

/** What several mails share, and a store may write its own of. */
export interface PartView {
  /** As templates name it, such as `parts/layout`. */
  part: PartName;
  /** The languages in which it is there without the store; the rest see the nearest of these. */
  locales: string[];
  /** The languages in which the store wrote its own. */
  overridden: string[];
}

export interface TemplateView {
  step: OrderStep;
  /** Whether the store has the customer mailed at that step. */
  mailed: boolean;
  /** The languages in which there is a template without the store. */
  locales: string[];
  /** The languages in which the store wrote its own. */
  overridden: string[];
}

/** About what a preview is. */
export interface PreviewQuery {
  /** BCP 47. Default: that of the store's settings. */
  locale?: string;
  /** Default: a made-up order. */
  orderId?: string;
}

export interface TemplatePreview extends RenderedMail {
  step: OrderStep;
  /** In which it was asked for; the text is in the nearest language that there is. */
  locale: string;
}

/** Shows a store what its mails will look like. */
@Injectable()
export class TemplatePreviews {
  constructor(
    private readonly settings: SettingsService,
    private readonly templates: StoreTemplates,
    private readonly overrides: TemplateOverrides,
    private readonly base: MailTemplates,
    private readonly people: MailPeopleFinder,
    private readonly aliases: AliasService,
    @Inject(ORDER_SOURCE) private readonly orders: OrderSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  async list(storeId: string): Promise<TemplateView[]> {
    const { mailSteps } = await this.settings.get(storeId);
    const own = await this.overrides.list(storeId);
    const renderer = await this.base.compiled();
    return this.templates.steps.map((step) => ({
      step,
      mailed: mailSteps.includes(step),
      locales: renderer.languagesOf(step).toSorted(),
      overridden: own.filter((ref) => ref.step === step).map(({ locale }) => locale),
    }));
  }

  async parts(storeId: string): Promise<PartView[]> {
    const own = await this.overrides.list(storeId);
    const renderer = await this.base.compiled();
    const named = new Set(renderer.languages.flatMap((locale) => [...renderer.partsOf(locale)]));
    const parts = [...named].flatMap((name) => (name.endsWith('.html') ? [name.slice(0, -5)] : [])).filter(isPart);
    return parts.toSorted().map((part) => ({
      part,
      locales: renderer.languagesOf(part).toSorted(),
      overridden: own.filter((ref) => ref.step === part).map(({ locale }) => locale),
    }));
  }

  /**
   * The mail of a step, or the first one with a part in it, under the store's own name, in its time zone and currency, without any real address.
   * @throws TrackerError `invalid-input` for a step without a template or a locale that is none, `order-not-found`
   */
  async preview(storeId: string, step: string, query: PreviewQuery = {}): Promise<TemplatePreview> {
    return this.show(await this.templates.of(storeId), storeId, step, query);
  }

  /**
   * The same by a template that the store is writing, and of which nothing is kept.
   * @throws TrackerError `invalid-input` with field and line, `order-not-found`
   */
  async draft(storeId: string, step: string, locale: string, body: unknown): Promise<TemplatePreview> {
    const { orderId } = (body ?? {}) as Record<string, unknown>;
    if (orderId !== undefined && typeof orderId !== 'string') {
      throw new TrackerError('invalid-input', 'correct orderId', [{ field: 'orderId', message: 'must be text' }]);
    }
    const templates = await this.overrides.check(storeId, step, locale, body);
    return this.show(templates, storeId, step, { locale, orderId });
  }

  /** Every real address that is known of an order: none may show in its mails. */
  async protectedIn(order: OrderRef, json: object): Promise<string[]> {
    const { senderAddress = '' } = await this.settings.get(order.storeId);
    const known = (await this.aliases.aliasesOf(order.storeId, [order.orderId])).get(order.orderId)?.keys() ?? [];
    const seen = this.people.sightingsOf(json).map(({ address }) => address);
    return [...new Set([...seen, ...known, senderAddress])].filter((address) => address !== '');
  }

  private async show(
    templates: Templates,
    storeId: string,
    name: string,
    { locale: asked, orderId }: PreviewQuery,
  ): Promise<TemplatePreview> {
    const settings = await this.settings.get(storeId);
    const locale = asked === undefined ? settings.locale : requireLocale(asked);
    const step = this.requireStep((await this.stepWith(name, locale)) ?? name);
    if (orderId === undefined) {
      const sample = sampleMail(step, locale);
      const store = { name: settings.senderName ?? sample.store.name, timeZone: settings.timeZone };
      return {
        step,
        locale,
        ...(await templates.render(step, locale, { ...sample, store, currency: settings.currency })),
      };
    }
    const order = { storeId, orderId };
    const json = await this.orders.findOrder(order);
    if (!json) throw new TrackerError('order-not-found', 'this store has no order with that id');
    const from = { name: settings.senderName ?? storeOf(settings, this.people.sightingsOf(json))?.name };
    const protect = await this.protectedIn(order, json);
    const mail = {
      ...order,
      order: json,
      step,
      settings: { ...settings, locale },
      from,
      protect,
      date: this.clock.now(),
    };
    const { trackerDomain, formerTrackerDomains } = this.options;
    return { step, locale, ...(await renderStatusMail(templates, mail, [trackerDomain, ...formerTrackerDomains])) };
  }

  private async stepWith(name: string, locale: string): Promise<OrderStep | undefined> {
    const part = name.replace(/^parts\./, 'parts/');
    return isPart(part) ? (await this.base.compiled()).stepWith(part, locale) : undefined;
  }

  private requireStep(name: string): OrderStep {
    const { steps } = this.templates;
    const step = steps.find((known) => known === name);
    if (step !== undefined) return step;
    const message = `must be one of ${steps.join(', ')}`;
    throw new TrackerError('invalid-input', 'there is no template for that step', [{ field: 'step', message }]);
  }
}

function requireLocale(locale: string): string {
  const tag = canonicalLocale(locale);
  if (tag !== undefined) return tag;
  const message = 'must be a BCP 47 language tag, such as en or pt-BR';
  throw new TrackerError('invalid-input', 'correct locale', [{ field: 'locale', message }]);
}
