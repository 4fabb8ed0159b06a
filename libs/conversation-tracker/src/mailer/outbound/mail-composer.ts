import { cleanDisplayName } from '../../message/display-name.js';
import { deriveMessageId, orderThreadRoot, type ThreadHeaders, threadHeaders } from '../../message/thread.js';
import { type KeyRing } from '../../persistence/key-ring.js';
import { type OrderStep } from '../../ports/order-events.js';
import { type TrackerOptions } from '../../ports/tracker-options.js';
import { type StoreSettingsValues } from '../../settings/store-settings-values.js';
import { type StatusMailModel, statusMailModel } from './mail-model.js';
import { maskFacts } from './masked-facts.js';
import { type LeakSearch } from './leak-gate.js';
import { type Mailbox, OwnMail } from './own-mail.js';
import { type RenderedMail } from './template-renderer.js';

/** All that the status mail of a step is made from. */
export interface MailToCompose {
  readonly storeId: string;
  readonly orderId: string;
  readonly step: OrderStep;
  /** The host's id for a fact that can repeat. Shown nowhere. */
  readonly occurrence?: string;
  /** The host's order, with real addresses: none of them gets into the mail. */
  readonly order: object;
  /** What the event said beside the order. */
  readonly data?: Record<string, unknown>;
  readonly settings: Pick<StoreSettingsValues, 'locale' | 'timeZone' | 'currency' | 'senderName' | 'publicAddresses'>;
  /** Id of the message's row: who makes the mail again gets the same Message-ID. */
  readonly messageId: string;
  /** The store. Its name heads the mail; where there is none, the store's `senderName` does. */
  readonly from: Mailbox;
  /** The customer. */
  readonly to: Mailbox;
  /** Message-IDs of this order that the mail follows, oldest first. Default: none but the thread's root. */
  readonly earlier?: readonly string[];
  /** Epoch milliseconds, for `Date`. */
  readonly date: number;
  /** Every real address of the order: none may show in the finished bytes, but for the store's public addresses. */
  readonly protect: readonly string[];
  /** Those of the store. Default: those of the installation. */
  readonly templates?: Templates;
}

/** Of a mail, what its words are made from. */
export type MailFactsOf = Pick<
  MailToCompose,
  'orderId' | 'order' | 'data' | 'step' | 'settings' | 'protect' | 'date'
> & {
  readonly from: Pick<Mailbox, 'name'>;
};

export interface ComposedMail extends RenderedMail {
  /** The finished message, RFC 5322 in 7 bits, signed where a DKIM key is set. */
  readonly raw: Buffer;
  /** In angle brackets, like the two that follow. */
  readonly internetMessageId: string;
  readonly inReplyTo: string;
  readonly references: readonly string[];
}

/** Renders the mail of a step, see {@link TemplateRenderer.render}. */
export interface Templates {
  render(step: OrderStep, locale: string, model: StatusMailModel): RenderedMail | Promise<RenderedMail>;
}

type ComposerOptions = Pick<TrackerOptions, 'trackerDomain' | 'formerTrackerDomains' | 'dkim'>;

/** Makes the mail that tells a customer of a step. The same input gives the same bytes. */
export class MailComposer {
  private readonly trackerDomains: readonly [string, ...string[]];
  private readonly mails: OwnMail;

  /** @throws TrackerError `configuration-invalid` for a DKIM key or selector that cannot work */
  constructor(
    private readonly templates: Templates,
    private readonly keys: KeyRing,
    options: ComposerOptions,
    search?: LeakSearch,
  ) {
    this.trackerDomains = [options.trackerDomain, ...options.formerTrackerDomains];
    this.mails = new OwnMail(options, search);
  }

  /**
   * @throws TrackerError `template-invalid` where the step has no template, `invalid-input` where the order is no JSON or
   * a mailbox no alias, `address-leak` where a real address would show: trying again helps none of them
   */
  async compose(mail: MailToCompose): Promise<ComposedMail> {
    const rendered = await renderStatusMail(mail.templates ?? this.templates, mail, this.trackerDomains);
    const thread = this.threadOf(mail);
    const { from, to, settings, date, protect } = mail;
    const raw = await this.mails.make(
      {
        ...rendered,
        from: { address: from.address, name: from.name ?? settings.senderName },
        to: [to],
        date,
        thread,
        // R24; RFC 3834 §5, and what Exchange heeds instead.
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      },
      { protect, allowed: settings.publicAddresses },
    );
    const { messageId: internetMessageId, inReplyTo, references } = thread;
    return { raw, internetMessageId, inReplyTo, references, ...rendered };
  }

  private threadOf({ storeId, orderId, messageId, earlier = [] }: MailToCompose): ThreadHeaders {
    const { key } = this.keys.index.current;
    const [domain] = this.trackerDomains;
    const ownId = deriveMessageId(['message', storeId, messageId], key, domain);
    return threadHeaders(ownId, orderThreadRoot({ storeId, orderId }, key, domain), earlier.filter(isMessageId));
  }
}

/**
 * The words of a status mail, free of real addresses.
 * @throws TrackerError as {@link MailComposer.compose}
 */
export async function renderStatusMail(
  templates: Templates,
  { orderId, order, data = {}, step, settings, from, protect, date }: MailFactsOf,
  trackerDomains: readonly [string, ...string[]],
): Promise<RenderedMail> {
  const facts = maskFacts({ order, data }, protect, trackerDomains);
  const name = cleanDisplayName(from.name ?? settings.senderName ?? '') ?? '';
  const { timeZone, currency } = settings;
  const model = statusMailModel({ ...facts, orderId, step, store: { name, timeZone, currency }, sentAt: date });
  return templates.render(step, settings.locale, model);
}

/** RFC 5322 §3.6.4 without folding: what else somebody's row may hold does not get into a header (R40). */
function isMessageId(text: string): boolean {
  return /^<[!-;=?-~]{1,500}@[!-;=?-~]{1,253}>$/.test(text);
}
