import { Body, Get, Header, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { type AccessGrant } from '../ports/access-policy.js';
import { Grant, Requires } from '../ports/rest/requires.decorator.js';
import { TrackerController } from '../ports/rest/tracker-controller.decorator.js';
import { type ErasureReport, Erasures } from './erasures.service.js';

@TrackerController('erasures')
export class ErasuresController {
  constructor(private readonly erasures: Erasures) {}

  @Post()
  @Requires('privacy.erase')
  @HttpCode(HttpStatus.ACCEPTED)
  @Header('Cache-Control', 'no-store')
  request(@Grant() { storeId, actor }: Required<AccessGrant>, @Body() body: unknown): Promise<ErasureReport> {
    return this.erasures.request(storeId, actor, body);
  }

  @Get(':id')
  @Requires('privacy.erase')
  @Header('Cache-Control', 'no-store')
  report(@Grant() { storeId }: Required<AccessGrant>, @Param('id') id: string): Promise<ErasureReport> {
    return this.erasures.report(storeId, id);
  }
}
