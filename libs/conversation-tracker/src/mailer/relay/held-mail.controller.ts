import { Body, Get, Header, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { TrackerError } from '../../kernel/errors.js';
import { type AccessGrant } from '../../ports/access-policy.js';
import { Grant, Requires } from '../../ports/rest/requires.decorator.js';
import { TrackerController } from '../../ports/rest/tracker-controller.decorator.js';
import { parsePageQuery, type QueryParameter } from '../../timeline/timeline-query.js';
import { type MessagePage, TimelineService } from '../../timeline/timeline.service.js';
import { HeldMail, type HeldMailReceipt, type ReleaseOptions } from './held-mail.service.js';

@TrackerController('held-messages')
export class HeldMessagesController {
  constructor(private readonly timeline: TimelineService) {}

  @Get()
  @Requires('timeline.read')
  @Header('Cache-Control', 'no-store')
  list(
    @Grant() { storeId }: Required<AccessGrant>,
    @Query('cursor') cursor: QueryParameter,
    @Query('limit') limit: QueryParameter,
    @Query('order') order: QueryParameter,
  ): Promise<MessagePage> {
    return this.timeline.held(storeId, parsePageQuery({ cursor, limit, order }));
  }
}

@TrackerController('messages')
export class HeldMailController {
  constructor(private readonly held: HeldMail) {}

  @Post(':id/release')
  @Requires('messages.release')
  @HttpCode(HttpStatus.ACCEPTED)
  release(
    @Grant() { storeId, actor }: Required<AccessGrant>,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<HeldMailReceipt> {
    return this.held.release(storeId, actor, id, parseRelease(body));
  }

  @Post(':id/discard')
  @Requires('messages.release')
  @HttpCode(HttpStatus.OK)
  discard(@Grant() { storeId, actor }: Required<AccessGrant>, @Param('id') id: string): Promise<HeldMailReceipt> {
    return this.held.discard(storeId, actor, id);
  }
}

/** @throws TrackerError `invalid-input`. */
function parseRelease(body: unknown): ReleaseOptions {
  const { trustSender = false } = (body ?? {}) as Record<string, unknown>;
  if (typeof trustSender === 'boolean') return { trustSender };
  throw new TrackerError('invalid-input', 'correct trustSender', [
    { field: 'trustSender', message: 'must be true or false' },
  ]);
}
