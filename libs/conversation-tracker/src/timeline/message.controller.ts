import { Get, Header, Headers, Param, Query, Req, UseGuards } from '@nestjs/common';
import { TrackerError } from '../kernel/errors.js';
import { type AccessGrant } from '../ports/access-policy.js';
import { Grant, Requires } from '../ports/rest/requires.decorator.js';
import { TrackerController } from '../ports/rest/tracker-controller.decorator.js';
import { AddressAccess, AddressAccessGuard, type AskForAddresses } from './reveal/address-access.guard.js';
import { type Viewer } from './reveal/address-reveal.js';
import { type MessageDetailView } from './message-view.js';
import { asksForRealAddresses, requireReason } from './reveal/reveal-query.js';
import { TimelineService } from './timeline.service.js';

@TrackerController('messages')
export class MessageController {
  constructor(private readonly timeline: TimelineService) {}

  /**
   * Everybody by alias; with `addresses=real` by the real address too, for who may `addresses.read` and says why in
   * `X-Reason`, or in `reason` where a header cannot carry the text. With `images=remote` the HTML fetches pictures that lie
   * elsewhere, whose servers then learn that it is read.
   */
  @Get(':id')
  @Requires('timeline.read')
  @UseGuards(AddressAccessGuard)
  @Header('Cache-Control', 'no-store')
  async read(
    @Grant() { storeId, actor }: Required<AccessGrant>,
    @AddressAccess() mayReadAddresses: AskForAddresses,
    @Param('id') id: string,
    @Headers('x-reason') reasonHeader: string | undefined,
    @Query('addresses') addresses: unknown,
    @Query('reason') reason: unknown,
    @Query('images') images: unknown,
    @Req() { originalUrl }: { originalUrl: string },
  ): Promise<MessageDetailView> {
    const remoteImages = asksForRemoteImages(images) ? 'shown' : 'blocked';
    let viewer: Viewer | undefined;
    if (asksForRealAddresses({ addresses })) {
      const grant = await mayReadAddresses();
      if (!grant) {
        throw new TrackerError('access-denied', 'you may not read real addresses; leave out addresses=real');
      }
      viewer = { actor, revealsPerDay: grant.revealsPerDay, reason: requireReason({ reason: reasonHeader ?? reason }) };
    }
    const [path] = originalUrl.split('?');
    return this.timeline.message(storeId, id, { viewer, remoteImages, attachmentsAt: `${path}/attachments` });
  }
}

/** @throws TrackerError `invalid-input` for a word that asks for nothing. */
function asksForRemoteImages(images: unknown): boolean {
  if (images === undefined || images === 'remote') return images === 'remote';
  const message = 'must be remote, or left out';
  throw new TrackerError('invalid-input', 'correct the query', [{ field: 'images', message }]);
}
