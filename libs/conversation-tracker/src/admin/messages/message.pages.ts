import { randomBytes } from 'node:crypto';
import { Get, Header, Param, Post, Query, Res, type StreamableFile } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { isTrackerError, TrackerError } from '../../kernel/errors.js';
import { CannedReplies } from '../../mailer/canned-replies/canned-replies.service.js';
import { MessageResend } from '../../mailer/message-resend.service.js';
import { HeldMail } from '../../mailer/relay/held-mail.service.js';
import { MessageReply } from '../../mailer/write/message-reply.service.js';
import { MessageWriter } from '../../mailer/write/message-writer.service.js';
import { parseReplyRequest } from '../../mailer/write/write-request.js';
import { Download, downloadOf, type DownloadResponse } from '../../ports/rest/download.js';
import { Requires } from '../../ports/rest/requires.decorator.js';
import { AttachmentStore } from '../../timeline/attachments/attachment-store.js';
import { passiveType } from '../../timeline/attachments/passive-type.js';
import { TimelineService } from '../../timeline/timeline.service.js';
import { orderPath } from '../orders/order-path.js';
import { AdminPages } from '../page/admin-pages.decorator.js';
import { Fragment, Page, SeeOther } from '../page/page.js';
import { Form, type PageVisit, type SentForm, Visit } from '../page/page-visit.js';
import { FramedMail } from './framed-mail.js';
import { messageModel, recipientsModel } from './message-model.js';
import { senderModel } from './sender-model.js';
import { wrongFields } from './wrong-fields.js';

/** One message: what it says, and what can be done with it. */
@AdminPages('/messages/:id')
export class MessagePages {
  constructor(
    private readonly timeline: TimelineService,
    private readonly attachments: AttachmentStore,
    private readonly framed: FramedMail,
    private readonly replies: MessageReply,
    private readonly writer: MessageWriter,
    private readonly messages: MessageResend,
    private readonly held: HeldMail,
    private readonly canned: CannedReplies,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  @Get()
  @Requires('timeline.read')
  message(
    @Visit() visit: PageVisit,
    @Param('id') id: string,
    @Query('images') images: unknown,
    @Query('reply') reply: unknown,
  ): Promise<Page> {
    return this.show(visit, id, { showImages: images === 'remote', reply });
  }

  /** How far it is on its way: htmx asks again while that may change. */
  @Get('recipients')
  @Requires('timeline.read')
  async recipients(@Visit() visit: PageVisit, @Param('id') id: string): Promise<Fragment> {
    return new Fragment('messages/recipients', recipientsModel(await this.timeline.message(visit.storeId, id), visit));
  }

  /** The mail's own HTML, for a frame that runs nothing. */
  @Get('body')
  @Requires('timeline.read')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  @Header('Referrer-Policy', 'no-referrer')
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('X-Frame-Options', 'SAMEORIGIN')
  async body(
    @Visit() visit: PageVisit,
    @Param('id') id: string,
    @Query('images') images: unknown,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<string> {
    const { policy, html } = await this.framed.of(visit.storeId, id, images === 'remote' ? 'shown' : 'blocked');
    this.adapterHost.httpAdapter.setHeader(response, 'Content-Security-Policy', policy);
    return html;
  }

  @Get('files/:path')
  @Requires('timeline.read')
  @Download()
  async file(
    @Visit() visit: PageVisit,
    @Param('id') id: string,
    @Param('path') path: string,
    @Res({ passthrough: true }) response: DownloadResponse,
  ): Promise<StreamableFile> {
    const { row, head } = await this.timeline.stored(visit.storeId, id);
    const found = await this.attachments.read(row, path);
    if (!found) throw new TrackerError('attachment-not-found', 'this message has no file with that path');
    const { type, size } = found.attachment;
    const name = head.attachments?.find((one) => one.path === path)?.name ?? `attachment-${path}`;
    return downloadOf(found.bytes, { name, type: passiveType(type), size }, response);
  }

  @Post('reply')
  @Requires('messages.write')
  async reply(
    @Visit() visit: PageVisit,
    @Param('id') id: string,
    @Form() { fields, files }: SentForm,
  ): Promise<Page | SeeOther> {
    const { storeId, actor } = visit.grant;
    const text = fields.raw('text');
    const order = await this.replies.orderOf(storeId, id);
    try {
      const letter = await this.replies.letter(storeId, id, parseReplyRequest({ text }), files);
      await this.writer.write({ order, actor, idempotencyKey: fields.text('key') || undefined }, letter);
    } catch (error) {
      if (!isTrackerError(error) || error.errors.length === 0) throw error;
      return this.show(visit, id, { text, errors: wrongFields(error.errors, visit) });
    }
    return new SeeOther(orderPath(order.orderId), 'message.replied');
  }

  @Post('resend')
  @Requires('messages.write')
  async resend(@Visit() visit: PageVisit, @Param('id') id: string, @Form() { fields }: SentForm): Promise<SeeOther> {
    await this.messages.resend(visit.storeId, id, { reached: fields.text('reached') === 'yes' });
    return new SeeOther(`/messages/${id}`, 'message.resent');
  }

  @Post('release')
  @Requires('messages.release')
  async release(@Visit() visit: PageVisit, @Param('id') id: string, @Form() { fields }: SentForm): Promise<SeeOther> {
    const { storeId, actor } = visit.grant;
    await this.held.release(storeId, actor, id, { trustSender: fields.text('trust') === 'yes' });
    return new SeeOther(backOf(fields.text('back'), id), 'held.released');
  }

  @Post('discard')
  @Requires('messages.release')
  async discard(@Visit() visit: PageVisit, @Param('id') id: string, @Form() { fields }: SentForm): Promise<SeeOther> {
    const { storeId, actor } = visit.grant;
    await this.held.discard(storeId, actor, id);
    return new SeeOther(backOf(fields.text('back'), id), 'held.discarded');
  }

  private async show(
    visit: PageVisit,
    id: string,
    { showImages = false, reply, text, errors }: Shown = {},
  ): Promise<Page> {
    const view = await this.timeline.message(visit.storeId, id);
    const message = messageModel(view, visit);
    const mayWrite = await visit.may('messages.write');
    const { storeId } = visit;
    const canned = mayWrite ? await this.canned.forOrder({ storeId, orderId: view.orderId }) : [];
    const { html, text: plain, remoteImages = 0, unreadable } = view;
    return new Page(
      'messages/message',
      {
        title: message.subject,
        section: 'orders',
        crumbs: [
          { label: visit.text('orders.title'), path: '/orders' },
          { label: visit.text('order.title', { orderId: view.orderId }), path: orderPath(view.orderId) },
        ],
      },
      {
        message,
        sender: senderModel(view, visit),
        hasHtml: html !== undefined && html !== '',
        plain,
        isLost: plain === undefined && html === undefined,
        isUnreadable: unreadable === 'html',
        remoteImages,
        showImages,
        mayWrite,
        canned,
        cannedAt: `/messages/${id}?reply=`,
        mayRelease: await visit.may('messages.release'),
        replyText: text ?? canned.find((one) => one.id === reply)?.text,
        key: randomBytes(16).toString('hex'),
        errors,
      },
      { status: errors ? 422 : 200 },
    );
  }
}

interface Shown {
  showImages?: boolean;
  /** The id of a canned reply to begin with. */
  reply?: unknown;
  /** What was typed, and what is wrong with it. */
  text?: string;
  errors?: object;
}

/** To the list of held mail, for who came from there. */
function backOf(given: string, id: string): string {
  return given === 'held' ? '/held' : `/messages/${id}`;
}
