import { Inject, Injectable } from '@nestjs/common';
import { ParticipantResealing } from '../../alias/participant-resealing.js';
import { type Clock } from '../../kernel/clock.js';
import { firstIdAt } from '../../kernel/ids.js';
import { CannedReplies } from '../../mailer/canned-replies/canned-replies.service.js';
import { MailResealing } from '../../mailer/delivery/mail-resealing.js';
import { TemplateVault } from '../../mailer/store-templates/template-vault.js';
import { ACTIVE_AFTER_MS, StoreKeys } from '../../persistence/store-keys.js';
import { CLOCK } from '../../ports/tracker-options.js';
import { SettingsService } from '../../settings/settings.service.js';
import { AttachmentResealing } from '../../timeline/attachments/attachment-resealing.js';
import { MessageResealing } from '../../timeline/message-resealing.js';
import { NoteBook } from '../../timeline/notes/note-book.js';
import { type PageEnd, UpkeepBook } from '../upkeep/upkeep-book.js';

const PAGE = 50;

/** Which task of the upkeep brings what under a store's key of that number. */
export const resealingTasks = (number: number) => ({
  participants: `reseal-participants.${number}`,
  messages: `reseal-messages.${number}`,
  attachments: `reseal-attachments.${number}`,
  mail: `reseal-mail.${number}`,
  notes: `reseal-notes.${number}`,
});

/**
 * Brings all that earlier keys of a store have encrypted under its current one, and then deletes these. What is read meanwhile
 * is read with the key that it names.
 */
@Injectable()
export class StoreKeyChange {
  constructor(
    private readonly storeKeys: StoreKeys,
    private readonly book: UpkeepBook,
    private readonly participants: ParticipantResealing,
    private readonly messages: MessageResealing,
    private readonly attachments: AttachmentResealing,
    private readonly mail: MailResealing,
    private readonly notes: NoteBook,
    private readonly replies: CannedReplies,
    private readonly templates: TemplateVault,
    private readonly settings: SettingsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Does nothing until every process encrypts with the current key. */
  async run(storeId: string): Promise<void> {
    const { older, currentNumber, currentSince } = await this.storeKeys.of(storeId);
    if (older.length === 0 || this.clock.now() < currentSince + 2 * ACTIVE_AFTER_MS) return;
    const tasks = resealingTasks(currentNumber);
    // What came later was encrypted with the current key.
    const before = firstIdAt(currentSince + 2 * ACTIVE_AFTER_MS);
    const pages: [string, (after: string) => Promise<string[]>][] = [
      [tasks.participants, (after) => this.participants.reseal(storeId, after, PAGE)],
      [tasks.messages, (after) => this.resealMessages(storeId, after, before)],
      [tasks.attachments, (after) => this.attachments.reseal(storeId, after, PAGE)],
      [tasks.mail, (after) => this.mail.reseal(storeId, after, before, PAGE)],
      [tasks.notes, (after) => this.notes.reseal(storeId, after, PAGE)],
    ];
    await this.book.hold(storeId, async (walks) => {
      await this.settings.reseal(storeId);
      await this.replies.reseal(storeId);
      await this.templates.reseal(storeId);
      for (const [task, page] of pages) {
        await walks.through(task, async (after) => pageEnd(after, await page(after)));
        await walks.finish(task);
      }
      await this.storeKeys.dropBelow(storeId, currentNumber);
    });
  }

  private async resealMessages(storeId: string, after: string, before: string): Promise<string[]> {
    const ids = await this.messages.reseal(storeId, after, before, PAGE);
    await this.mail.resealOriginals(storeId, ids);
    return ids;
  }
}

function pageEnd(after: string, ids: readonly string[]): PageEnd {
  return { doneTo: ids.at(-1) ?? after, isLast: ids.length < PAGE };
}
