import { Inject, Injectable } from '@nestjs/common';
import { AliasErasure } from '../../alias/alias-erasure.js';
import { ParkedEventErasure } from '../../events/parked-event-erasure.js';
import { type Clock } from '../../kernel/clock.js';
import { firstIdAt } from '../../kernel/ids.js';
import { MailErasure } from '../../mailer/delivery/mail-erasure.js';
import { MailRetention } from '../../mailer/delivery/mail-retention.js';
import { CLOCK } from '../../ports/tracker-options.js';
import { type Keeping } from '../../settings/retention-setting.js';
import { SettingsService } from '../../settings/settings.service.js';
import { AttachmentStore } from '../../timeline/attachments/attachment-store.js';
import { AuditTrail } from '../../timeline/audit/audit-trail.js';
import { type AgeRange, MessageRetention } from '../../timeline/message-retention.js';
import { UpkeepBook, type UpkeepWalks } from '../upkeep/upkeep-book.js';

const PAGE = 100;
const DAY_MS = 24 * 3_600_000;
const EVERY_MS = 3_600_000;

type DropPage = (range: AgeRange) => Promise<string[]>;

/** Keeps a store's retention: what is older than its settings say goes, once an hour, on one instance at a time. */
@Injectable()
export class StoreRetention {
  constructor(
    private readonly book: UpkeepBook,
    private readonly settings: SettingsService,
    private readonly aliases: AliasErasure,
    private readonly messages: MessageRetention,
    private readonly attachments: AttachmentStore,
    private readonly mail: MailRetention,
    private readonly mailErasure: MailErasure,
    private readonly events: ParkedEventErasure,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(storeId: string): Promise<void> {
    if (!(await this.book.isDue(storeId, 'retention', EVERY_MS))) return;
    const { retention } = await this.settings.get(storeId);
    const { messages, mail } = this;
    await this.book.hold(storeId, async (walks) => {
      await this.attachments.dropHolds(storeId);
      await this.eraseLateEvents(storeId);
      const drop = (task: string, keeping: Keeping, page: DropPage) => this.drop(walks, storeId, task, keeping, page);
      await drop('retain-bodies', retention.bodies, (range) => messages.dropBodies(range));
      await drop('retain-raw', retention.rawMessages, (range) => messages.dropRawMessages(range));
      await drop('retain-copies', retention.rawMessages, (range) => mail.dropCopies(range));
      await drop('retain-events', retention.rawMessages, (range) => this.events.eraseOld(range));
      await drop('retain-attachments', retention.attachments, (range) => messages.dropAttachments(range));
      await drop('retain-messages', retention.timeline, (range) => this.dropMessages(range));
      await drop('retain-entries', retention.timeline, (range) => messages.dropEntries(range));
      await this.cutAudit(storeId, retention.audit);
    });
  }

  /** An event that was still tried when somebody of its order was erased, and given up later, holds what was known before. */
  private async eraseLateEvents(storeId: string): Promise<void> {
    const orderIds = await this.events.orderIds(storeId);
    for (let start = 0; start < orderIds.length; start += PAGE) {
      const erased = await this.aliases.erasedSince(storeId, orderIds.slice(start, start + PAGE));
      for (const [orderId, at] of erased) await this.events.erase({ storeId, orderId }, at);
    }
  }

  private async cutAudit(storeId: string, keeping: Keeping): Promise<void> {
    const before = this.beginning(keeping);
    if (before === undefined) return;
    while ((await this.audit.cut(storeId, before)) > 0);
  }

  private dropMessages(range: AgeRange): Promise<string[]> {
    return this.messages.dropMessages(range, ({ row, head }) =>
      this.mailErasure.erase(
        row,
        head.recipients.map(({ deliveryId }) => deliveryId),
      ),
    );
  }

  private async drop(
    walks: UpkeepWalks,
    storeId: string,
    task: string,
    keeping: Keeping,
    page: DropPage,
  ): Promise<void> {
    const beginning = this.beginning(keeping);
    if (beginning === undefined) return;
    const before = firstIdAt(beginning);
    await walks.through(task, async (after) => {
      const ids = await page({ storeId, after, before, limit: PAGE });
      return { doneTo: ids.at(-1) ?? after, isLast: ids.length < PAGE };
    });
  }

  /** What is older goes. */
  private beginning(keeping: Keeping): number | undefined {
    return keeping === 'forever' ? undefined : Math.max(0, this.clock.now() - keeping * DAY_MS);
  }
}
