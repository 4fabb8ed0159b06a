import { Body, Headers, HttpCode, HttpStatus, Param, Post, Req } from '@nestjs/common';
import { TrackerError } from '../../kernel/errors.js';
import { type AccessGrant } from '../../ports/access-policy.js';
import { Grant, Requires } from '../../ports/rest/requires.decorator.js';
import { TrackerController } from '../../ports/rest/tracker-controller.decorator.js';
import { type MessageDetailView } from '../../timeline/message-view.js';
import { MessageReply } from './message-reply.service.js';
import { type LetterOrigin, MessageWriter } from './message-writer.service.js';
import { type HttpRequest, Submissions } from './submissions.js';
import { parseReplyRequest, parseWriteRequest } from './write-request.js';

/** Visible ASCII and blanks (draft-ietf-httpapi-idempotency-key-header). */
const KEY = /^[ -~]{1,255}$/;

@TrackerController('orders/:orderId')
export class WriteMessageController {
  constructor(
    private readonly writer: MessageWriter,
    private readonly submissions: Submissions,
  ) {}

  /** JSON, or a form with files. */
  @Post('messages')
  @Requires('messages.write')
  @HttpCode(HttpStatus.ACCEPTED)
  async write(
    @Grant() { storeId, actor }: Required<AccessGrant>,
    @Param('orderId') orderId: string,
    @Headers('idempotency-key') key: string | undefined,
    @Req() request: HttpRequest,
    @Body() body: unknown,
  ): Promise<MessageDetailView> {
    const origin = originOf({ storeId, orderId }, actor, key);
    const earlier = await this.writer.earlier(origin);
    if (earlier) return earlier;
    return this.submissions.use(storeId, { request, body }, async ({ fields, files }) => {
      const { to, ...written } = parseWriteRequest(fields);
      return this.writer.write(origin, { ...written, to: to.map((word) => ({ word })), files });
    });
  }
}

@TrackerController('messages')
export class ReplyController {
  constructor(
    private readonly writer: MessageWriter,
    private readonly replies: MessageReply,
    private readonly submissions: Submissions,
  ) {}

  @Post(':id/reply')
  @Requires('messages.write')
  @HttpCode(HttpStatus.ACCEPTED)
  async reply(
    @Grant() { storeId, actor }: Required<AccessGrant>,
    @Param('id') id: string,
    @Headers('idempotency-key') key: string | undefined,
    @Req() request: HttpRequest,
    @Body() body: unknown,
  ): Promise<MessageDetailView> {
    const origin = originOf(await this.replies.orderOf(storeId, id), actor, key);
    const earlier = await this.writer.earlier(origin);
    if (earlier) return earlier;
    return this.submissions.use(storeId, { request, body }, async ({ fields, files }) =>
      this.writer.write(origin, await this.replies.letter(storeId, id, parseReplyRequest(fields), files)),
    );
  }
}

function originOf(order: LetterOrigin['order'], actor: string, key: string | undefined): LetterOrigin {
  if (key === undefined || KEY.test(key)) return { order, actor, idempotencyKey: key };
  const message = 'must be 1 to 255 characters of ASCII';
  throw new TrackerError('invalid-input', 'correct Idempotency-Key', [{ field: 'Idempotency-Key', message }]);
}
