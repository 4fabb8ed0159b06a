import { Body, Get, Header, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { TrackerError } from '../../kernel/errors.js';
import { type AccessGrant } from '../../ports/access-policy.js';
import { Grant, Requires } from '../../ports/rest/requires.decorator.js';
import { TrackerController } from '../../ports/rest/tracker-controller.decorator.js';
import { parsePageQuery, type QueryParameter } from '../timeline-query.js';
import { OrderList, type OrderPage } from './order-list.service.js';

@TrackerController('orders')
export class OrderListController {
  constructor(private readonly list: OrderList) {}

  @Get()
  @Requires('timeline.read')
  @Header('Cache-Control', 'no-store')
  page(
    @Grant() { storeId }: Required<AccessGrant>,
    @Query('cursor') cursor: QueryParameter,
    @Query('limit') limit: QueryParameter,
    @Query('order') order: QueryParameter,
  ): Promise<OrderPage> {
    return this.list.list(storeId, parsePageQuery({ cursor, limit, order }));
  }

  @Post(':orderId/read')
  @Requires('messages.write')
  @HttpCode(HttpStatus.NO_CONTENT)
  async read(
    @Grant() { storeId }: Required<AccessGrant>,
    @Param('orderId') orderId: string,
    @Body() body: unknown,
  ): Promise<void> {
    await this.list.markRead({ storeId, orderId }, parseRead(body));
  }
}

/** @throws TrackerError `invalid-input`. */
function parseRead(body: unknown): string | undefined {
  const { upTo } = (body ?? {}) as Record<string, unknown>;
  if (upTo === undefined || (typeof upTo === 'string' && /^[0-9a-f]{32}$/.test(upTo))) return upTo;
  throw new TrackerError('invalid-input', 'correct upTo', [{ field: 'upTo', message: 'must be the id of an entry' }]);
}
