import { Get, Param, Post, Query } from '@nestjs/common';
import { AliasControl } from '../../alias/alias-control.js';
import { AliasDirectory } from '../../alias/alias-directory.js';
import { OrderNotes } from '../../alias/order-notes/order-notes.service.js';
import { Requires } from '../../ports/rest/requires.decorator.js';
import { type ListedOrder, OrderList } from '../../timeline/order-list/order-list.service.js';
import { type QueryParameter } from '../../timeline/timeline-query.js';
import { TimelineService } from '../../timeline/timeline.service.js';
import { AdminPages } from '../page/admin-pages.decorator.js';
import { Fragment, Page, SeeOther } from '../page/page.js';
import { Form, type PageVisit, type SentForm, Visit } from '../page/page-visit.js';
import { aliasModels } from './alias-model.js';
import { entryModels } from './entry-model.js';
import { type OrderFacts, OrderFactsReader } from './order-facts.js';
import { orderPath } from './order-path.js';

const ORDERS_ON_A_PAGE = 30;
const ENTRIES_ON_A_PAGE = 40;

/** The orders that have a conversation, and the conversation of each. */
@AdminPages('/orders')
export class OrdersPages {
  constructor(
    private readonly list: OrderList,
    private readonly timeline: TimelineService,
    private readonly directory: AliasDirectory,
    private readonly control: AliasControl,
    private readonly notes: OrderNotes,
    private readonly facts: OrderFactsReader,
  ) {}

  @Get()
  @Requires('timeline.read')
  async orders(@Visit() visit: PageVisit, @Query('cursor') cursor: QueryParameter): Promise<Page> {
    const query = { cursor: textOf(cursor), limit: ORDERS_ON_A_PAGE };
    const { orders, nextCursor } = await this.list.list(visit.storeId, query);
    const title = visit.text('orders.title');
    const facts = await this.facts.of(idsOf(orders), visit);
    return new Page(
      'orders/list',
      { title, section: 'orders' },
      {
        title,
        orders: orders.map((order) => orderModel(order, facts, visit)),
        nextCursor,
        cursor: query.cursor,
        maySetUp: await visit.may('settings.read'),
      },
    );
  }

  /** The newest first; to htmx, the entries behind a cursor alone. */
  @Get(':orderId')
  @Requires('timeline.read')
  async order(
    @Visit() visit: PageVisit,
    @Param('orderId') orderId: string,
    @Query('cursor') given: QueryParameter,
  ): Promise<Page | Fragment> {
    const order = { storeId: visit.storeId, orderId };
    const cursor = textOf(given);
    const { entries, total, nextCursor } = await this.timeline.list(order, {
      order: 'desc',
      cursor,
      limit: ENTRIES_ON_A_PAGE,
    });
    const thread = { orderId, entries: entryModels(entries, visit), nextCursor };
    if (visit.facts.isPartial) return new Fragment('orders/entries', thread);
    const [listed]: (ListedOrder | undefined)[] = await this.list.named(visit.storeId, [orderId]);
    const mayReadAliases = await visit.may('aliases.read');
    return new Page(
      'orders/order',
      {
        title: visit.text('order.title', { orderId }),
        section: 'orders',
        crumbs: [{ label: visit.text('orders.title'), path: '/orders' }],
      },
      {
        ...thread,
        facts: await this.facts.ofOne(orderId, visit),
        cursor,
        total,
        unread: listed?.unread ?? 0,
        mayWrite: await visit.may('messages.write'),
        mayReadAliases,
        mayReveal: await visit.may('addresses.read'),
        mayChangeAliases: await visit.may('aliases.write'),
        aliases: mayReadAliases ? aliasModels(await this.directory.list(order), visit) : [],
      },
    );
  }

  @Post(':orderId/read')
  @Requires('messages.write')
  async markRead(@Visit() visit: PageVisit, @Param('orderId') orderId: string): Promise<SeeOther> {
    await this.list.markRead({ storeId: visit.storeId, orderId });
    return new SeeOther(orderPath(orderId), 'order.read');
  }

  @Post(':orderId/notes')
  @Requires('messages.write')
  async note(
    @Visit() visit: PageVisit,
    @Param('orderId') orderId: string,
    @Form() { fields }: SentForm,
  ): Promise<SeeOther> {
    const { storeId, actor } = visit.grant;
    await this.notes.write({ storeId, orderId }, actor, { text: fields.raw('text') });
    return new SeeOther(orderPath(orderId), 'note.added');
  }

  @Post(':orderId/aliases/:aliasId/revoke')
  @Requires('aliases.write')
  async revoke(
    @Visit() visit: PageVisit,
    @Param('orderId') orderId: string,
    @Param('aliasId') aliasId: string,
  ): Promise<SeeOther> {
    await this.control.revoke(visit.storeId, aliasId, visit.grant.actor);
    return new SeeOther(orderPath(orderId), 'order.revoked');
  }

  @Post(':orderId/aliases/:aliasId/renew')
  @Requires('aliases.write')
  async renew(
    @Visit() visit: PageVisit,
    @Param('orderId') orderId: string,
    @Param('aliasId') aliasId: string,
  ): Promise<SeeOther> {
    await this.control.renew(visit.storeId, aliasId, visit.grant.actor);
    return new SeeOther(orderPath(orderId), 'order.renewed');
  }
}

/** An order in a list. */
export function orderModel(order: ListedOrder, facts: ReadonlyMap<string, OrderFacts>, visit: PageVisit): object {
  const { orderId, lastEntry, messages, held, unread } = order;
  const [last] = lastEntry ? entryModels([lastEntry], visit) : [];
  return { orderId, messages, held, unread, last, ...facts.get(orderId) };
}

export const idsOf = (orders: readonly ListedOrder[]): string[] => orders.map(({ orderId }) => orderId);

function textOf(parameter: QueryParameter): string | undefined {
  return parameter === undefined || typeof parameter === 'string' ? parameter : '';
}
