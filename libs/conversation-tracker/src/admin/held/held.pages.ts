import { Get, Query } from '@nestjs/common';
import { Requires } from '../../ports/rest/requires.decorator.js';
import { TimelineService } from '../../timeline/timeline.service.js';
import { messageModel } from '../messages/message-model.js';
import { senderModel } from '../messages/sender-model.js';
import { AdminPages } from '../page/admin-pages.decorator.js';
import { Page } from '../page/page.js';
import { type PageVisit, Visit } from '../page/page-visit.js';

const ON_A_PAGE = 20;

/** What waits until somebody says whether it goes on. */
@AdminPages('/held')
export class HeldPages {
  constructor(private readonly timeline: TimelineService) {}

  @Get()
  @Requires('timeline.read')
  async list(@Visit() visit: PageVisit, @Query('cursor') given: unknown): Promise<Page> {
    const cursor = given === undefined || typeof given === 'string' ? given : '';
    const { messages, total, nextCursor } = await this.timeline.held(visit.storeId, { cursor, limit: ON_A_PAGE });
    const title = visit.text('held.title');
    return new Page(
      'held',
      { title, section: 'held' },
      {
        title,
        total,
        nextCursor,
        mayRelease: await visit.may('messages.release'),
        held: messages.map((view) => ({ message: messageModel(view, visit), sender: senderModel(view, visit) })),
      },
    );
  }
}
