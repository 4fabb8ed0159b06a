import { Get, Inject, NotFoundException, Param } from '@nestjs/common';
import { Requires } from '../../ports/rest/requires.decorator.js';
import { TimelineService } from '../../timeline/timeline.service.js';
import { ADMIN_OPTIONS, type AdminOptions } from '../admin-options.js';
import { AdminPages } from '../page/admin-pages.decorator.js';
import { FRAMED } from '../page/framed-page.js';
import { Page } from '../page/page.js';
import { type PageVisit, Visit } from '../page/page-visit.js';
import { entryModels } from './entry-model.js';

const NEWEST = 20;

/** An order's conversation to read in a page of the host's own. What is done is done on the page that its links open. */
@AdminPages(`${FRAMED}/orders`)
export class FramedOrderPages {
  constructor(
    private readonly timeline: TimelineService,
    @Inject(ADMIN_OPTIONS) private readonly options: AdminOptions,
  ) {}

  @Get(':orderId')
  @Requires('timeline.read')
  async order(@Visit() visit: PageVisit, @Param('orderId') orderId: string): Promise<Page> {
    if (!this.options.frameAncestors?.length) throw new NotFoundException();
    const order = { storeId: visit.storeId, orderId };
    const { entries, total, nextCursor } = await this.timeline.list(order, { order: 'desc', limit: NEWEST });
    const model = { orderId, total, nextCursor, entries: entryModels(entries, visit) };
    return new Page('orders/framed', { title: visit.text('order.title', { orderId }), section: 'orders' }, model);
  }
}
