import { Get, Header, Inject, Param } from '@nestjs/common';
import { type AccessGrant } from '../ports/access-policy.js';
import { ORDER_SOURCE, type OrderSource } from '../ports/order-source.js';
import { Grant, Requires } from '../ports/rest/requires.decorator.js';
import { TrackerController } from '../ports/rest/tracker-controller.decorator.js';
import { requireOrder } from '../timeline/require-order.js';
import { AliasDirectory } from './alias-directory.js';
import { type AliasView, aliasView } from './alias-view.js';

@TrackerController('orders/:orderId/aliases')
export class OrderAliasesController {
  constructor(
    private readonly directory: AliasDirectory,
    @Inject(ORDER_SOURCE) private readonly orders: OrderSource,
  ) {}

  @Get()
  @Requires('aliases.read')
  @Header('Cache-Control', 'no-store')
  async list(
    @Grant() { storeId }: Required<AccessGrant>,
    @Param('orderId') orderId: string,
  ): Promise<{ aliases: AliasView[] }> {
    await requireOrder(this.orders, { storeId, orderId });
    const aliases = await this.directory.list({ storeId, orderId });
    return { aliases: aliases.map(aliasView) };
  }
}
