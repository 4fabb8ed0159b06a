import { Body, Header, Headers, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { type AccessGrant } from '../../ports/access-policy.js';
import { Grant, Requires } from '../../ports/rest/requires.decorator.js';
import { TrackerController } from '../../ports/rest/tracker-controller.decorator.js';
import { requireReason } from '../../timeline/reveal/reveal-query.js';
import { aliasNotFound } from '../alias-not-found.js';
import { AliasReveal, type MatchAnswer, type RevealedAddress } from './alias-reveal.service.js';
import { parseMatch, parseReveal } from './reveal-input.js';

@TrackerController('reveals')
export class RevealController {
  constructor(private readonly reveals: AliasReveal) {}

  /** One alias answers its address, or 404; several answer a list, with null for those that nobody stands behind. */
  @Post()
  @Requires('addresses.read')
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  async reveal(
    @Grant() { storeId, actor, revealsPerDay }: Required<AccessGrant>,
    @Headers('x-reason') reasonHeader: string | undefined,
    @Body() body: unknown,
  ): Promise<RevealedAddress | { reveals: RevealedAddress[] }> {
    const request = parseReveal(body);
    const { reason } = Object(body) as { reason?: unknown };
    const viewer = { actor, revealsPerDay, reason: requireReason({ reason: reasonHeader ?? reason }) };
    const reveals = await this.reveals.reveal(storeId, request, viewer);
    if (request.batch) return { reveals };
    if (reveals[0].address === null) throw aliasNotFound();
    return reveals[0];
  }
}

@TrackerController('matches')
export class MatchController {
  constructor(private readonly reveals: AliasReveal) {}

  /** Yes or no, without showing anything. */
  @Post()
  @Requires('addresses.match')
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  match(
    @Grant() { storeId, actor, revealsPerDay }: Required<AccessGrant>,
    @Body() body: unknown,
  ): Promise<MatchAnswer> {
    return this.reveals.match(storeId, parseMatch(body), { actor, revealsPerDay });
  }
}
