import { Body, Header, Param, Post } from '@nestjs/common';
import { type AccessGrant } from '../../ports/access-policy.js';
import { Grant, Requires } from '../../ports/rest/requires.decorator.js';
import { TrackerController } from '../../ports/rest/tracker-controller.decorator.js';
import { type TimelineEntryView } from '../../timeline/timeline-view.js';
import { OrderNotes } from './order-notes.service.js';

@TrackerController('orders/:orderId/notes')
export class OrderNotesController {
  constructor(private readonly notes: OrderNotes) {}

  @Post()
  @Requires('messages.write')
  @Header('Cache-Control', 'no-store')
  write(
    @Grant() { storeId, actor }: Required<AccessGrant>,
    @Param('orderId') orderId: string,
    @Body() body: unknown,
  ): Promise<TimelineEntryView> {
    return this.notes.write({ storeId, orderId }, actor, body);
  }
}
