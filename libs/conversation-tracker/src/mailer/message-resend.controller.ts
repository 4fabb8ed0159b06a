import { HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { type AccessGrant } from '../ports/access-policy.js';
import { Grant, Requires } from '../ports/rest/requires.decorator.js';
import { TrackerController } from '../ports/rest/tracker-controller.decorator.js';
import { MessageResend, type ResendReceipt } from './message-resend.service.js';

@TrackerController('messages')
export class MessageResendController {
  constructor(private readonly messages: MessageResend) {}

  @Post(':id/resend')
  @Requires('messages.write')
  @HttpCode(HttpStatus.ACCEPTED)
  resend(@Grant() { storeId }: Required<AccessGrant>, @Param('id') id: string): Promise<ResendReceipt> {
    return this.messages.resend(storeId, id);
  }
}
