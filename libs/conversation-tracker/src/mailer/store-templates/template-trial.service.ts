import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { TrackerError } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { placeholderAddress } from '../../message/alias-grammar.js';
import { deriveMessageId, orderThreadRoot, threadHeaders } from '../../message/thread.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { MAIL_TRANSPORT, type MailTransport, MailTransportError } from '../../ports/mail-transport.js';
import { ORDER_SOURCE, type OrderSource } from '../../ports/order-source.js';
import { CLOCK, TRACKER_OPTIONS, type TrackerOptions } from '../../ports/tracker-options.js';
import { SettingsService } from '../../settings/settings.service.js';
import { AuditTrail } from '../../timeline/audit/audit-trail.js';
import { maskDiagnostic } from '../delivery/diagnostic.js';
import { OwnMail } from '../outbound/own-mail.js';
import { type PreviewQuery, TemplatePreviews } from '../template-preview.service.js';

/** Whose mailbox gets the test: never one that the request names. */
export type TrialRecipient = 'store' | 'operator';

export interface TrialReceipt {
  to: TrialRecipient;
  /** What the next mail server said, free of addresses. */
  response: string;
}

interface TrialRequest extends PreviewQuery {
  to: TrialRecipient;
}

/** Whoever waits for the page is told after that. */
const PATIENCE_MS = 20_000;

/** Sends a mail of a step to the store itself, so that it is seen in a real mail program. */
@Injectable()
export class TemplateTrial {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly keys: KeyRing,
    private readonly settings: SettingsService,
    private readonly previews: TemplatePreviews,
    private readonly mails: OwnMail,
    private readonly audit: AuditTrail,
    @Inject(MAIL_TRANSPORT) private readonly transport: MailTransport,
    @Inject(ORDER_SOURCE) private readonly orders: OrderSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /**
   * Hands the test to the next mail server, and stands on no timeline.
   * @throws TrackerError `invalid-input`, `order-not-found`; `mail-refused` or `mail-deferred` where the next server did not
   * take it.
   */
  async send(storeId: string, actor: string, step: string, body: unknown): Promise<TrialReceipt> {
    const { to, ...query } = parseTrial(body);
    const address = await this.addressOf(storeId, to);
    const raw = await this.make(storeId, step, address, query);
    await this.database.transaction((manager) =>
      this.audit.append(manager, { storeId, actor, action: 'template.tested', detail: { step, to } }),
    );
    try {
      const { response } = await within(
        PATIENCE_MS,
        this.transport.send({ envelope: { from: '', to: [address] }, raw }),
      );
      return { to, response: maskDiagnostic(response, address) };
    } catch (error) {
      if (!(error instanceof MailTransportError)) throw error;
      const said = maskDiagnostic(error.message, address);
      throw new TrackerError(error.permanent ? 'mail-refused' : 'mail-deferred', `the next mail server said: ${said}`);
    }
  }

  private async make(storeId: string, step: string, address: string, query: PreviewQuery): Promise<Buffer> {
    const { subject, html, text } = await this.previews.preview(storeId, step, query);
    const { senderName: name, publicAddresses } = await this.settings.get(storeId);
    const date = this.clock.now();
    const { key } = this.keys.index.current;
    const { trackerDomain } = this.options;
    const nobody = placeholderAddress(trackerDomain);
    const orderId = query.orderId ?? '';
    const json = query.orderId === undefined ? undefined : await this.orders.findOrder({ storeId, orderId });
    const protect = json ? await this.previews.protectedIn({ storeId, orderId }, json) : [];
    return this.mails.make(
      {
        // An answer is refused at once instead of lost (R3).
        from: { address: nobody, name },
        to: [{ address: nobody }],
        subject: `[Test] ${subject}`,
        html,
        text,
        date,
        thread: threadHeaders(
          deriveMessageId(['template-test', storeId, newId(date)], key, trackerDomain),
          orderThreadRoot({ storeId, orderId: 'template-test' }, key, trackerDomain),
        ),
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      },
      { protect: [...protect, address], allowed: publicAddresses },
    );
  }

  private async addressOf(storeId: string, to: TrialRecipient): Promise<string> {
    const address =
      to === 'store' ? (await this.settings.get(storeId)).senderAddress : this.options.inbound?.operatorAddress;
    if (address !== undefined) return address;
    const message =
      to === 'store'
        ? 'the store has no senderAddress: set it, or send to operator'
        : 'the option inbound.operatorAddress is not set: send to store';
    throw new TrackerError('invalid-input', 'correct to', [{ field: 'to', message }]);
  }
}

/** @throws TrackerError `invalid-input`. */
function parseTrial(body: unknown): TrialRequest {
  const { to = 'store', locale, orderId } = (body ?? {}) as Record<string, unknown>;
  const wrong = [
    ...(to === 'store' || to === 'operator' ? [] : [{ field: 'to', message: 'must be store or operator' }]),
    ...(locale === undefined || typeof locale === 'string' ? [] : [{ field: 'locale', message: 'must be text' }]),
    ...(orderId === undefined || typeof orderId === 'string' ? [] : [{ field: 'orderId', message: 'must be text' }]),
  ];
  if (wrong.length === 0) return { to, locale, orderId } as TrialRequest;
  throw new TrackerError('invalid-input', `correct ${wrong.map(({ field }) => field).join(', ')}`, wrong);
}

/** @throws MailTransportError once the time is up. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    const error = new MailTransportError(`no answer within ${ms / 1000} seconds`, false);
    timer = setTimeout(() => reject(error), ms);
  });
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
