import { Readable } from 'node:stream';
import { Get, Headers, Param, Query, Res, type StreamableFile } from '@nestjs/common';
import { type AccessGrant } from '../ports/access-policy.js';
import { Download, downloadOf, type DownloadResponse } from '../ports/rest/download.js';
import { Grant, Requires } from '../ports/rest/requires.decorator.js';
import { TrackerController } from '../ports/rest/tracker-controller.decorator.js';
import { requireReason } from '../timeline/reveal/reveal-query.js';
import { RawMessageReader } from './raw-message.service.js';

@TrackerController('messages')
export class RawMessageController {
  constructor(private readonly messages: RawMessageReader) {}

  /** The reason in `X-Reason`, or in `reason` where a header cannot carry the text. */
  @Get(':id/raw')
  @Requires('addresses.read')
  @Download()
  async read(
    @Grant() { storeId, actor, revealsPerDay }: Required<AccessGrant>,
    @Param('id') id: string,
    @Headers('x-reason') reasonHeader: string | undefined,
    @Query('reason') reason: unknown,
    @Res({ passthrough: true }) response: DownloadResponse,
  ): Promise<StreamableFile> {
    const viewer = { actor, revealsPerDay, reason: requireReason({ reason: reasonHeader ?? reason }) };
    const raw = await this.messages.read(storeId, id, viewer);
    const file = { name: `${id}.eml`, type: 'message/rfc822', size: raw.length };
    return downloadOf(Readable.from([raw]), file, response);
  }
}
