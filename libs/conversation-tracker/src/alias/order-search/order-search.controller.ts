import { Body, Header, HttpCode, HttpStatus, Post, UseGuards } from '@nestjs/common';
import { TrackerError } from '../../kernel/errors.js';
import { type AccessGrant } from '../../ports/access-policy.js';
import { type AskForMore, FurtherAccess } from '../../ports/rest/further-access.js';
import { Grant, Requires } from '../../ports/rest/requires.decorator.js';
import { TrackerController } from '../../ports/rest/tracker-controller.decorator.js';
import { AddressReveal } from '../../timeline/reveal/address-reveal.js';
import { MatchAccessGuard } from './match-access.guard.js';
import { OrderSearch, type OrderSearchResult } from './order-search.service.js';

const MAX_LENGTH = 320;

/** By POST: an address, and a Simple alias shows one, must not stand in a URL, which servers log. */
@TrackerController('order-searches')
export class OrderSearchController {
  constructor(
    private readonly search: OrderSearch,
    private readonly reveals: AddressReveal,
  ) {}

  @Post()
  @Requires('timeline.read')
  @UseGuards(MatchAccessGuard)
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  async find(
    @Grant() { storeId, actor }: Required<AccessGrant>,
    @FurtherAccess() mayMatchAddresses: AskForMore,
    @Body() body: unknown,
  ): Promise<OrderSearchResult> {
    const text = parseText(body);
    if (this.search.kindOf(text) === 'address') {
      const grant = await mayMatchAddresses();
      if (!grant) {
        throw new TrackerError(
          'access-denied',
          'to look for a real address needs the permission addresses.match; look for an order or an alias',
        );
      }
      await this.reveals.recordMatch({ storeId }, { way: 'order-search' }, { ...grant, actor });
    }
    return this.search.find(storeId, text);
  }
}

/** @throws TrackerError `invalid-input`. */
function parseText(body: unknown): string {
  const { text } = (body ?? {}) as Record<string, unknown>;
  if (typeof text === 'string' && text.trim() !== '' && text.length <= MAX_LENGTH && !/\p{Cc}/u.test(text.trim())) {
    return text;
  }
  const message = `must be the beginning of an order's id, an alias or an address, of at most ${MAX_LENGTH} characters`;
  throw new TrackerError('invalid-input', 'correct text', [{ field: 'text', message }]);
}
