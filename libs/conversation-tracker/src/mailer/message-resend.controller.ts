import { Body, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { TrackerError } from '../kernel/errors.js';
import { type AccessGrant } from '../ports/access-policy.js';
import { Grant, Requires } from '../ports/rest/requires.decorator.js';
import { TrackerController } from '../ports/rest/tracker-controller.decorator.js';
import { MessageResend, type ResendOptions, type ResendReceipt } from './message-resend.service.js';

@TrackerController('messages')
export class MessageResendController {
  constructor(private readonly messages: MessageResend) {}

  @Post(':id/resend')
  @Requires('messages.write')
  @HttpCode(HttpStatus.ACCEPTED)
  resend(
    @Grant() { storeId }: Required<AccessGrant>,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<ResendReceipt> {
    return this.messages.resend(storeId, id, parseResend(body));
  }
}

/** Nothing is sent twice by a word that was meant otherwise. @throws TrackerError `invalid-input`. */
function parseResend(body: unknown): ResendOptions {
  const { reached } = Object(body) as { reached?: unknown };
  if (reached === undefined || typeof reached === 'boolean') return { reached };
  const message = 'must be true or false';
  throw new TrackerError('invalid-input', 'correct reached', [{ field: 'reached', message }]);
}
