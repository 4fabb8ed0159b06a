import { Controller, Get, Header, NotFoundException, Param, StreamableFile } from '@nestjs/common';
import { adminAssets } from '../admin-sources.generated.js';
import { HIDDEN_FROM_OPEN_API } from './admin-pages.decorator.js';

/** The styles and scripts of the pages: open to everybody, since they tell nothing of anybody. */
@HIDDEN_FROM_OPEN_API
@Controller('conversation-tracker/admin')
export class AssetController {
  /** Its name changes with its content. */
  @Get('assets/:name')
  @Header('Cache-Control', 'public, max-age=31536000, immutable')
  @Header('X-Content-Type-Options', 'nosniff')
  read(@Param('name') name: string): StreamableFile {
    const asset = Object.values(adminAssets).find((one) => one.name === name);
    if (!asset) throw new NotFoundException();
    return new StreamableFile(Buffer.from(asset.content), { type: asset.type });
  }

  /** The element that a page of the host's own loads, by a name that stays. */
  @Get('conversation-timeline.js')
  @Header('Cache-Control', 'public, max-age=300')
  @Header('Cross-Origin-Resource-Policy', 'cross-origin')
  @Header('X-Content-Type-Options', 'nosniff')
  element(): StreamableFile {
    const { content, type } = adminAssets.element;
    return new StreamableFile(Buffer.from(content), { type });
  }
}
