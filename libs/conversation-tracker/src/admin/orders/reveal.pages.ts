import { Param, Post } from '@nestjs/common';
import { AliasDirectory } from '../../alias/alias-directory.js';
import { aliasNotFound } from '../../alias/alias-not-found.js';
import { AliasReveal } from '../../alias/reveal/alias-reveal.service.js';
import { Requires } from '../../ports/rest/requires.decorator.js';
import { requireReason } from '../../timeline/reveal/reveal-query.js';
import { AdminPages } from '../page/admin-pages.decorator.js';
import { Page } from '../page/page.js';
import { Form, type PageVisit, type SentForm, Visit } from '../page/page-visit.js';
import { aliasModels } from './alias-model.js';
import { orderPath } from './order-path.js';

/** The real address behind an alias, on record. */
@AdminPages('/orders/:orderId/aliases/:aliasId/reveal')
export class RevealPages {
  constructor(
    private readonly directory: AliasDirectory,
    private readonly reveals: AliasReveal,
  ) {}

  /** Shown on the answer itself: an address stands neither in a URL nor in a cookie. */
  @Post()
  @Requires('addresses.read')
  async reveal(
    @Visit() visit: PageVisit,
    @Param('orderId') orderId: string,
    @Param('aliasId') aliasId: string,
    @Form() { fields }: SentForm,
  ): Promise<Page> {
    const { storeId, actor, revealsPerDay } = visit.grant;
    const reason = requireReason({ reason: fields.text('reason') });
    const listed = await this.directory.list({ storeId, orderId });
    const alias = aliasModels(listed, visit).find(({ id }) => id === aliasId);
    if (!alias) throw aliasNotFound();
    const request = { aliases: [alias.alias], batch: false, orderId };
    const [{ address }] = await this.reveals.reveal(storeId, request, { actor, revealsPerDay, reason });
    if (address === null) throw aliasNotFound();
    return new Page(
      'orders/revealed',
      {
        title: visit.text('reveal.title'),
        section: 'orders',
        crumbs: [
          { label: visit.text('orders.title'), path: '/orders' },
          { label: visit.text('order.title', { orderId }), path: orderPath(orderId) },
        ],
      },
      { orderId, alias, address, reason },
    );
  }
}
