import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { TrackerError } from '../kernel/errors.js';
import { type ThreadMessage } from '../message/thread.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { ORDER_SOURCE, type OrderRef, type OrderSource } from '../ports/order-source.js';
import { AddressReveal, type Viewer } from './reveal/address-reveal.js';
import { AliasDisplay } from './alias-display.js';
import { type HtmlJob } from './html/html-job.js';
import { MessageHtml } from './html/message-html.js';
import { type MessageHead } from './message-head.js';
import { MessageReader, type StoredMessage } from './message-reader.js';
import { MessageVault } from './message-vault.js';
import { type MessageDetailView, type MessageView, partiesOf, viewMessage } from './message-view.js';
import { NoteBook } from './notes/note-book.js';
import { requireOrder } from './require-order.js';
import { TimelineEntry, type TimelineKind } from './timeline-entry.entity.js';
import {
  cutPage,
  type PageQuery,
  type PageRange,
  readPageQuery,
  readTimelineQuery,
  rowsOf,
  type TimelinePageRange,
  type TimelineQuery,
} from './timeline-query.js';
import { aliasIdsOf, type TimelineEntryView, viewEntry } from './timeline-view.js';

export interface TimelinePage {
  /** In the order that was asked for. */
  entries: TimelineEntryView[];
  /** How many entries of these kinds there are, on all pages together. */
  total: number;
  /** Where the next page begins; left out on the last one. */
  nextCursor?: string;
}

export interface MessagePage {
  /** In the order that was asked for, without the bodies. */
  messages: MessageView[];
  /** How many there are on all pages together. */
  total: number;
  /** Where the next page begins; left out on the last one. */
  nextCursor?: string;
}

export interface ShowMessageOptions {
  /** To whom real addresses are shown beside the aliases, on record. */
  viewer?: Viewer;
  /** @default blocked */
  remoteImages?: HtmlJob['remoteImages'];
  /** The route below which the message's files lie. @default the pictures within the message are not shown */
  attachmentsAt?: string;
}

/** What happened on an order, everybody named by alias. */
@Injectable()
export class TimelineService {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly messageReader: MessageReader,
    private readonly vault: MessageVault,
    private readonly noteBook: NoteBook,
    private readonly html: MessageHtml,
    private readonly aliases: AliasDisplay,
    private readonly addresses: AddressReveal,
    @Inject(ORDER_SOURCE) private readonly orders: OrderSource,
  ) {}

  /**
   * By when things happened, the oldest first unless `order` says otherwise: what happens while pages are turned comes at the
   * end, or not at all where the newest come first, and no entry comes twice.
   * @throws TrackerError `order-not-found`, or `invalid-input` for a query that names no page.
   */
  async list(order: OrderRef, query: TimelineQuery = {}): Promise<TimelinePage> {
    const range = readTimelineQuery(query);
    await requireOrder(this.orders, order);
    const { page, nextCursor } = cutPage(await this.read(order, range), range.limit, ({ id }) => id);
    const total = await this.database.manager.countBy(TimelineEntry, { ...order, kind: In([...range.kinds]) });
    return { entries: await this.view(order.storeId, page), total, nextCursor };
  }

  /** @throws TrackerError `order-not-found`, or `invalid-input` for a query that names no page. */
  async messages(order: OrderRef, query: PageQuery = {}): Promise<MessagePage> {
    const range = readPageQuery(query);
    await requireOrder(this.orders, order);
    const found = await this.messageReader.ofOrder(order, range);
    return this.pageOf(order.storeId, found, range, await this.messageReader.countOfOrder(order));
  }

  /**
   * What waits in a store until somebody releases or discards it, the oldest first unless `order` says otherwise.
   * @throws TrackerError `invalid-input` for a query that names no page.
   */
  async held(storeId: string, query: PageQuery = {}): Promise<MessagePage> {
    const range = readPageQuery(query);
    const found = await this.messageReader.held(storeId, range);
    return this.pageOf(storeId, found, range, await this.messageReader.countHeld(storeId));
  }

  /**
   * One message with its body, whose HTML is safe to show (R43).
   * @throws TrackerError `message-not-found`, also for a message of another store or of an order that the host does not know.
   */
  async message(
    storeId: string,
    id: string,
    { viewer, remoteImages, attachmentsAt }: ShowMessageOptions = {},
  ): Promise<MessageDetailView> {
    const message = await this.stored(storeId, id);
    const parties = partiesOf(message);
    const { party } = await this.aliases.of(storeId, parties);
    const real = viewer && (await this.addresses.of(message.row, parties, 'message', viewer));
    const view = viewMessage(message, (one) => ({ ...party(one), address: real?.get(one.participantId ?? '') }));
    const body = await this.vault.readBody(message.row);
    if (!body) return view;
    const inlineImages = attachmentsAt === undefined ? undefined : inlineImagesOf(message.head, attachmentsAt);
    const safe = await this.html.safe(body.html, { remoteImages, inlineImages });
    return safe ? { ...view, ...safe, text: body.text } : { ...view, text: body.text, unreadable: 'html' };
  }

  /** Entries by their id, as pages show them; those that cannot be shown are missing. */
  async entries(storeId: string, ids: readonly string[]): Promise<Map<string, TimelineEntryView>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.manager.findBy(TimelineEntry, { storeId, id: In([...ids]) });
    return new Map((await this.view(storeId, rows)).map((entry) => [entry.id, entry]));
  }

  /** For threading: the messages of an order that one of the row ids or one of our Message-IDs names, by row id. */
  async threadMessages(
    order: OrderRef,
    named: { ids: readonly string[]; messageIds: readonly string[] },
  ): Promise<Map<string, ThreadMessage>> {
    const found = await this.messageReader.named(order, named);
    return new Map(
      found.map(({ row: { id, internetMessageId: messageId }, head: { incoming, from } }) => [
        id,
        { messageId, originalMessageId: incoming?.originalMessageId, writerId: from.participantId },
      ]),
    );
  }

  /**
   * A message with its head open.
   * @throws TrackerError `message-not-found`, also for a message of another store or of an order that the host does not know.
   */
  async stored(storeId: string, id: string): Promise<StoredMessage> {
    const [message]: (StoredMessage | undefined)[] = await this.messageReader.byIds(storeId, [id]);
    if (message && (await this.orders.findOrder({ storeId, orderId: message.row.orderId }))) return message;
    throw new TrackerError('message-not-found', 'this store has no message with that id');
  }

  private async pageOf(
    storeId: string,
    found: readonly StoredMessage[],
    { limit }: PageRange,
    total: number,
  ): Promise<MessagePage> {
    const { page, nextCursor } = cutPage(found, limit, ({ row }) => row.id);
    const { party } = await this.aliases.of(storeId, page.flatMap(partiesOf));
    return { messages: page.map((message) => viewMessage(message, party)), total, nextCursor };
  }

  /** One entry more than the page holds, if there is one. */
  private read({ storeId, orderId }: OrderRef, { kinds, ...range }: TimelinePageRange): Promise<TimelineEntry[]> {
    const { id, order, take } = rowsOf(range);
    const where = { storeId, orderId, id, kind: In([...kinds]) };
    return this.database.manager.find(TimelineEntry, { where, order, take });
  }

  private async view(storeId: string, entries: TimelineEntry[]): Promise<TimelineEntryView[]> {
    const refsOf = (kind: TimelineKind) => entries.filter((entry) => entry.kind === kind).map(({ refId }) => refId);
    const messages = await this.messageReader.byIds(storeId, refsOf('message'));
    const notes = await this.noteBook.read(storeId, refsOf('note'));
    const byId = new Map(messages.map((message) => [message.row.id, message]));
    const named = entries.flatMap(aliasIdsOf).map((aliasId) => ({ aliasId }));
    const shown = await this.aliases.of(storeId, [...messages.flatMap(partiesOf), ...named]);
    return entries
      .map((entry) => viewEntry(entry, { messages: byId, notes, shown }))
      .filter((view) => view !== undefined);
  }
}

/** Where the pictures lie that `cid:` names (RFC 2392). */
function inlineImagesOf({ attachments = [] }: MessageHead, attachmentsAt: string): Map<string, string> {
  return new Map(
    attachments.flatMap(({ contentId, path }) =>
      contentId === undefined ? [] : [[contentId, `${attachmentsAt}/${path}`]],
    ),
  );
}
