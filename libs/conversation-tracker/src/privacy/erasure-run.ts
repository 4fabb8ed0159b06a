import { Injectable } from '@nestjs/common';
import { AliasErasure, type OrderPeople } from '../alias/alias-erasure.js';
import { ParkedEventErasure } from '../events/parked-event-erasure.js';
import { eachAtOnce } from '../kernel/each-at-once.js';
import { foldAddress } from '../kernel/email-address.js';
import { CannedReplies } from '../mailer/canned-replies/canned-replies.service.js';
import { TemplateVault } from '../mailer/store-templates/template-vault.js';
import { MailErasure } from '../mailer/delivery/mail-erasure.js';
import { senderIndexesOf } from '../mailer/relay/relay-ids.js';
import { KeyRing } from '../persistence/key-ring.js';
import { SettingsService } from '../settings/settings.service.js';
import { type ErasableMessage, MessageErasure } from '../timeline/message-erasure.js';
import { NoteBook } from '../timeline/notes/note-book.js';
import { type ErasureCounts } from './erasure-counts.js';
import { type ErasureTarget } from './erasure-target.js';

/** So many rows are read at once; each message is a few transactions of its own, so that mail flows in between. */
const PAGE = 50;
/** Messages that are erased at a time: on SQLite they share commits, elsewhere they leave the host's pool its connections. */
const AT_ONCE = 4;
const TRACES = 500;

/** Told what was erased since it was told last; throws to end the work. */
export type Progress = (erased: Partial<ErasureCounts>) => Promise<void>;

type Concerns = (message: ErasableMessage) => boolean;

/** Erases a target, through the rooms that hold something of it. Done again, it erases what is there by then. */
@Injectable()
export class ErasureRun {
  constructor(
    private readonly aliases: AliasErasure,
    private readonly messages: MessageErasure,
    private readonly mail: MailErasure,
    private readonly events: ParkedEventErasure,
    private readonly notes: NoteBook,
    private readonly replies: CannedReplies,
    private readonly templates: TemplateVault,
    private readonly settings: SettingsService,
    private readonly keys: KeyRing,
  ) {}

  async run(storeId: string, target: ErasureTarget, progress: Progress): Promise<void> {
    switch (target.kind) {
      case 'person':
        return this.erasePerson(storeId, target.address, progress);
      case 'order':
        return this.eraseOrder(storeId, target.orderId, progress);
      case 'store':
        return this.eraseStore(storeId, progress);
    }
  }

  /** Ends what still links the tombstones, once nothing has to be found again. */
  async close(storeId: string, target: ErasureTarget): Promise<void> {
    if (target.kind === 'person') await this.aliases.forgetIndex(storeId, target.address);
  }

  private async erasePerson(storeId: string, address: string, progress: Progress): Promise<void> {
    for (let after: string | undefined = ''; after !== undefined;) {
      const page = await this.aliases.ordersOf(storeId, address, after, PAGE);
      for (const people of page.orders) {
        await progress({ orders: 1, ...(await this.aliases.erase(people, 'by-address')) });
        await this.eraseMessages(people, concerning(people, address), progress);
        await progress({ parkedEvents: await this.events.erase(people), notes: await this.notes.erase(people) });
      }
      after = page.next;
    }
    // Who wrote to an order without being in it is known by the messages alone.
    const senders = senderIndexesOf(this.keys, address);
    for (let after = ''; ;) {
      const page = await this.messages.ofSenders(storeId, senders, after, PAGE);
      await eachAtOnce(page, AT_ONCE, (message) => this.eraseMessage(message, progress));
      if (page.length < PAGE) break;
      after = page.at(-1)!.row.id;
    }
    await progress({ settings: await this.settings.forgetAddress(storeId, address) });
  }

  private async eraseOrder(storeId: string, orderId: string, progress: Progress): Promise<void> {
    const everybody = await this.aliases.everybody({ storeId, orderId });
    await progress({ orders: 1, ...(await this.aliases.erase(everybody, 'otherwise')) });
    await this.eraseMessages(everybody, () => true, progress);
    await progress({ parkedEvents: await this.events.erase(everybody), notes: await this.notes.erase(everybody) });
  }

  /** The key first: from then on nothing that is stored can be read, whatever becomes of the rest. */
  private async eraseStore(storeId: string, progress: Progress): Promise<void> {
    for (const source of [this.aliases, this.messages]) {
      for (let after = ''; ;) {
        const orderIds = await source.orderIds(storeId, after, PAGE);
        for (const orderId of orderIds) await this.eraseOrder(storeId, orderId, progress);
        if (orderIds.length < PAGE) break;
        after = orderIds.at(-1)!;
      }
    }
    for (let after = ''; ;) {
      const traces = await this.aliases.eraseTraces(storeId, after, TRACES);
      await progress({ aliases: traces.length });
      if (traces.length < TRACES) break;
      after = traces.at(-1)!;
    }
    const replies = await this.replies.forgetStore(storeId);
    const templates = await this.templates.forgetStore(storeId);
    await progress({ settings: replies + templates + (await this.settings.forgetStore(storeId)) });
  }

  private async eraseMessages(order: OrderPeople, concerns: Concerns, progress: Progress): Promise<void> {
    for (let after = ''; ;) {
      const page = await this.messages.ofOrder(order, after, PAGE);
      await eachAtOnce(page.filter(concerns), AT_ONCE, (message) => this.eraseMessage(message, progress));
      if (page.length < PAGE) break;
      after = page.at(-1)!.row.id;
    }
  }

  /** The mail first, so that nothing is sent of what is gone. */
  private async eraseMessage(message: ErasableMessage, progress: Progress): Promise<void> {
    const { rawMessages: sent, ...mail } = await this.mail.erase(
      message.row,
      message.head.recipients.map(({ deliveryId }) => deliveryId),
    );
    const { rawMessages: received, ...rest } = await this.messages.erase(message);
    await progress({ ...mail, ...rest, rawMessages: sent + received });
  }
}

/** Messages that these people wrote or got, or that came from the address. */
function concerning({ participantIds }: OrderPeople, address: string): Concerns {
  const ids = new Set(participantIds);
  const folded = foldAddress(address);
  return ({ head: { from, recipients, incoming } }) =>
    [from, ...recipients].some(({ participantId = '' }) => ids.has(participantId)) ||
    (incoming !== undefined && foldAddress(incoming.sender) === folded);
}
