import { Injectable } from '@nestjs/common';
import { InboundMail } from 'nestjs-conversation-tracker';
import { MailEntrance } from '../inbox/mail-entrance.js';

/** The tracker's own port. */
@Injectable()
export class AliasEntrance extends MailEntrance {
  constructor(private readonly inbound: InboundMail) {
    super();
  }

  get port(): number | undefined {
    return this.inbound.port;
  }
}
