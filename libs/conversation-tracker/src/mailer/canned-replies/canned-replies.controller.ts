import { Body, Delete, Get, HttpCode, HttpStatus, Param, Post, Put, Query } from '@nestjs/common';
import { type AccessGrant } from '../../ports/access-policy.js';
import { Grant, Requires } from '../../ports/rest/requires.decorator.js';
import { TrackerController } from '../../ports/rest/tracker-controller.decorator.js';
import { type QueryParameter } from '../../timeline/timeline-query.js';
import { CannedReplies, type CannedReplyView, type FilledReply } from './canned-replies.service.js';

@TrackerController('canned-replies')
export class CannedRepliesController {
  constructor(private readonly replies: CannedReplies) {}

  @Get()
  @Requires('settings.read')
  async list(
    @Grant() { storeId }: Required<AccessGrant>,
    @Query('locale') locale: QueryParameter,
  ): Promise<{ replies: CannedReplyView[] }> {
    const asked = locale === undefined || typeof locale === 'string' ? locale : '';
    return { replies: await this.replies.list(storeId, asked) };
  }

  @Get(':id')
  @Requires('settings.read')
  read(@Grant() { storeId }: Required<AccessGrant>, @Param('id') id: string): Promise<CannedReplyView> {
    return this.replies.read(storeId, id);
  }

  @Post()
  @Requires('messages.write')
  create(@Grant() { storeId, actor }: Required<AccessGrant>, @Body() body: unknown): Promise<CannedReplyView> {
    return this.replies.create(storeId, actor, body);
  }

  @Put(':id')
  @Requires('messages.write')
  replace(
    @Grant() { storeId, actor }: Required<AccessGrant>,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<CannedReplyView> {
    return this.replies.replace(storeId, id, actor, body);
  }

  @Delete(':id')
  @Requires('messages.write')
  @HttpCode(HttpStatus.NO_CONTENT)
  async delete(@Grant() { storeId }: Required<AccessGrant>, @Param('id') id: string): Promise<void> {
    await this.replies.delete(storeId, id);
  }
}

@TrackerController('orders/:orderId/canned-replies')
export class OrderRepliesController {
  constructor(private readonly replies: CannedReplies) {}

  @Get()
  @Requires('messages.write')
  async list(
    @Grant() { storeId }: Required<AccessGrant>,
    @Param('orderId') orderId: string,
  ): Promise<{ replies: FilledReply[] }> {
    return { replies: await this.replies.forOrder({ storeId, orderId }) };
  }
}
