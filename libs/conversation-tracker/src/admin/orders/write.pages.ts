import { randomBytes } from 'node:crypto';
import { Get, Param, Post, Query } from '@nestjs/common';
import { AliasDirectory } from '../../alias/alias-directory.js';
import { isTrackerError } from '../../kernel/errors.js';
import { CannedReplies } from '../../mailer/canned-replies/canned-replies.service.js';
import { MessageWriter } from '../../mailer/write/message-writer.service.js';
import { parseWriteRequest } from '../../mailer/write/write-request.js';
import { Requires } from '../../ports/rest/requires.decorator.js';
import { wrongFields } from '../messages/wrong-fields.js';
import { AdminPages } from '../page/admin-pages.decorator.js';
import { Page, SeeOther } from '../page/page.js';
import { Form, type PageVisit, type SentForm, Visit } from '../page/page-visit.js';
import { aliasModels } from './alias-model.js';
import { orderPath } from './order-path.js';

interface Draft {
  to?: readonly string[];
  subject?: string;
  text?: string;
  /** The id of a canned reply to begin with. */
  reply?: unknown;
}

/** A new mail to people of an order. */
@AdminPages('/orders/:orderId/write')
export class WritePages {
  constructor(
    private readonly directory: AliasDirectory,
    private readonly writer: MessageWriter,
    private readonly canned: CannedReplies,
  ) {}

  @Get()
  @Requires('messages.write')
  form(@Visit() visit: PageVisit, @Param('orderId') orderId: string, @Query('reply') reply: unknown): Promise<Page> {
    return this.show(visit, orderId, { reply });
  }

  @Post()
  @Requires('messages.write')
  async send(
    @Visit() visit: PageVisit,
    @Param('orderId') orderId: string,
    @Form() { fields, files }: SentForm,
  ): Promise<Page | SeeOther> {
    const { storeId, actor } = visit.grant;
    const draft = { to: fields.all('to'), subject: fields.text('subject'), text: fields.raw('text') };
    const origin = { order: { storeId, orderId }, actor, idempotencyKey: fields.text('key') || undefined };
    try {
      const { to, ...written } = parseWriteRequest(draft);
      await this.writer.write(origin, { ...written, to: to.map((word) => ({ word })), files });
    } catch (error) {
      if (!isTrackerError(error) || error.errors.length === 0) throw error;
      return this.show(visit, orderId, draft, wrongFields(error.errors, visit));
    }
    return new SeeOther(orderPath(orderId), 'write.sent');
  }

  private async show(visit: PageVisit, orderId: string, draft: Draft, errors?: object): Promise<Page> {
    const order = { storeId: visit.storeId, orderId };
    // Also refuses an order that this store does not have.
    const canned = await this.canned.forOrder(order);
    const text = draft.text ?? canned.find(({ id }) => id === draft.reply)?.text;
    const aliases = aliasModels(await this.directory.list(order), visit);
    const people = aliases.filter(({ isLast }) => isLast);
    const customer = people.find(({ roleIds }) => roleIds.includes('customer'));
    const chosen = draft.to ?? (customer ? [customer.alias] : []);
    return new Page(
      'orders/write',
      {
        title: visit.text('write.title'),
        section: 'orders',
        crumbs: [
          { label: visit.text('orders.title'), path: '/orders' },
          { label: visit.text('order.title', { orderId }), path: orderPath(orderId) },
        ],
      },
      {
        orderId,
        people,
        chosen,
        subject: draft.subject,
        text,
        canned,
        cannedAt: `${orderPath(orderId)}/write?reply=`,
        errors,
        key: randomBytes(16).toString('hex'),
      },
      { status: errors ? 422 : 200 },
    );
  }
}
