import { Get, Header, Param, Query } from '@nestjs/common';
import { type AccessGrant } from '../ports/access-policy.js';
import { Grant, Requires } from '../ports/rest/requires.decorator.js';
import { TrackerController } from '../ports/rest/tracker-controller.decorator.js';
import { parsePageQuery, parseTimelineQuery, type QueryParameter } from './timeline-query.js';
import { type MessagePage, type TimelinePage, TimelineService } from './timeline.service.js';

@TrackerController('orders/:orderId')
export class TimelineController {
  constructor(private readonly timeline: TimelineService) {}

  /** `kind` may be given several times, or once as a list with commas. */
  @Get('timeline')
  @Requires('timeline.read')
  @Header('Cache-Control', 'no-store')
  entries(
    @Grant() { storeId }: Required<AccessGrant>,
    @Param('orderId') orderId: string,
    @Query('cursor') cursor: QueryParameter,
    @Query('limit') limit: QueryParameter,
    @Query('order') order: QueryParameter,
    @Query('kind') kind: QueryParameter,
  ): Promise<TimelinePage> {
    return this.timeline.list({ storeId, orderId }, parseTimelineQuery({ cursor, limit, order, kind }));
  }

  @Get('messages')
  @Requires('timeline.read')
  @Header('Cache-Control', 'no-store')
  messages(
    @Grant() { storeId }: Required<AccessGrant>,
    @Param('orderId') orderId: string,
    @Query('cursor') cursor: QueryParameter,
    @Query('limit') limit: QueryParameter,
    @Query('order') order: QueryParameter,
  ): Promise<MessagePage> {
    return this.timeline.messages({ storeId, orderId }, parsePageQuery({ cursor, limit, order }));
  }
}
