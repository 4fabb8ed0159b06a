import { Inject, Injectable } from '@nestjs/common';
import { parseAlias } from '../message/alias-grammar.js';
import { ORDER_SOURCE, type OrderRef, type OrderSource } from '../ports/order-source.js';
import { TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../ports/tracker-options.js';
import { AddressReveal, type Viewer } from './reveal/address-reveal.js';
import { AliasDisplay } from './alias-display.js';
import { type ConversationMessage, toConversationMessage } from './conversation-message.js';
import { MessageHtml } from './html/message-html.js';
import { MessageReader } from './message-reader.js';
import { MessageVault } from './message-vault.js';
import { type Message } from './message.entity.js';
import { partiesOf } from './message-view.js';
import { requireOrder } from './require-order.js';

/** An order's messages in VTEX's shape. */
@Injectable()
export class ConversationMessages {
  constructor(
    private readonly messages: MessageReader,
    private readonly vault: MessageVault,
    private readonly html: MessageHtml,
    private readonly aliases: AliasDisplay,
    private readonly addresses: AddressReveal,
    @Inject(ORDER_SOURCE) private readonly orders: OrderSource,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /**
   * All of them, oldest first, with the bodies.
   * @param viewer to whom real addresses are shown, on record; left out, aliases stand in their place.
   * @throws TrackerError `order-not-found`.
   */
  async list(order: OrderRef, viewer?: Viewer): Promise<ConversationMessage[]> {
    await requireOrder(this.orders, order);
    const messages = await this.messages.ofOrder(order);
    const parties = messages.flatMap(partiesOf);
    const naming = {
      show: (await this.aliases.of(order.storeId, parties)).party,
      isSimple: (alias: string) => parseAlias(alias, trackerDomains(this.options))?.form === 'simple',
      realAddresses: viewer
        ? await this.addresses.of(order, parties, 'conversation-message', viewer)
        : new Map<string, string>(),
    };
    return Promise.all(
      messages.map(async (message) => toConversationMessage(message, await this.bodyOf(message.row), naming)),
    );
  }

  /** HTML that is safe to show (R43), else the text. */
  private async bodyOf(row: Message): Promise<string> {
    const body = await this.vault.readBody(row);
    const safe = body && (await this.html.safe(body.html));
    return safe?.html || body?.text || '';
  }
}
