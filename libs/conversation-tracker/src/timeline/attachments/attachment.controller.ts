import { Get, Param, Res, type StreamableFile } from '@nestjs/common';
import { TrackerError } from '../../kernel/errors.js';
import { type AccessGrant } from '../../ports/access-policy.js';
import { Download, downloadOf, type DownloadResponse } from '../../ports/rest/download.js';
import { Grant, Requires } from '../../ports/rest/requires.decorator.js';
import { TrackerController } from '../../ports/rest/tracker-controller.decorator.js';
import { TimelineService } from '../timeline.service.js';
import { AttachmentStore } from './attachment-store.js';
import { passiveType } from './passive-type.js';

@TrackerController('messages')
export class AttachmentController {
  constructor(
    private readonly timeline: TimelineService,
    private readonly attachments: AttachmentStore,
  ) {}

  @Get(':id/attachments/:path')
  @Requires('timeline.read')
  @Download()
  async read(
    @Grant() { storeId }: Required<AccessGrant>,
    @Param('id') id: string,
    @Param('path') path: string,
    @Res({ passthrough: true }) response: DownloadResponse,
  ): Promise<StreamableFile> {
    const { row, head } = await this.timeline.stored(storeId, id);
    const found = await this.attachments.read(row, path);
    if (!found) throw new TrackerError('attachment-not-found', 'this message has no file with that path');
    const { type, size } = found.attachment;
    const name = head.attachments?.find((one) => one.path === path)?.name ?? `attachment-${path}`;
    return downloadOf(found.bytes, { name, type: passiveType(type), size }, response);
  }
}
