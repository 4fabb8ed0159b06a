import { Controller, Get, Header, Param, UseFilters, UseGuards } from '@nestjs/common';
import { type AccessGrant } from '../ports/access-policy.js';
import { AccessGuard } from '../ports/rest/access.guard.js';
import { ProblemFilter } from '../ports/rest/problem.filter.js';
import { Grant, Requires } from '../ports/rest/requires.decorator.js';
import { AddressAccess, AddressAccessGuard, type AskForAddresses } from './reveal/address-access.guard.js';
import { type ConversationMessage } from './conversation-message.js';
import { ConversationMessages } from './conversation-messages.service.js';

/** Clients made for VTEX send no reason; the record then says by which door they came (R42). */
const REASON = 'conversation-message of the order';

/** Where clients of VTEX's OMS look for an order's messages: a path of the host's, not below the tracker's own. */
@Controller('api/oms/pvt/orders')
@UseGuards(AccessGuard)
@UseFilters(ProblemFilter)
export class ConversationMessageController {
  constructor(private readonly messages: ConversationMessages) {}

  @Get(':orderId/conversation-message')
  @Requires('timeline.read')
  @UseGuards(AddressAccessGuard)
  @Header('Cache-Control', 'no-store')
  async list(
    @Grant() { storeId, actor }: Required<AccessGrant>,
    @AddressAccess() mayReadAddresses: AskForAddresses,
    @Param('orderId') orderId: string,
  ): Promise<ConversationMessage[]> {
    const grant = await mayReadAddresses();
    const viewer = grant && { actor, revealsPerDay: grant.revealsPerDay, reason: REASON };
    return this.messages.list({ storeId, orderId }, viewer);
  }
}
