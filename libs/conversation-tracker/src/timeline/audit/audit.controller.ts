import { Get, Header, Query } from '@nestjs/common';
import { type AccessGrant } from '../../ports/access-policy.js';
import { Grant, Requires } from '../../ports/rest/requires.decorator.js';
import { TrackerController } from '../../ports/rest/tracker-controller.decorator.js';
import { type AuditPage, AuditReader } from './audit-reader.js';

@TrackerController('audit')
export class AuditController {
  constructor(private readonly audit: AuditReader) {}

  @Get()
  @Requires('audit.read')
  @Header('Cache-Control', 'no-store')
  list(
    @Grant() { storeId }: Required<AccessGrant>,
    @Query('cursor') cursor: unknown,
    @Query('limit') limit: unknown,
    @Query('action') action: unknown,
    @Query('actor') actor: unknown,
    @Query('orderId') orderId: unknown,
  ): Promise<AuditPage> {
    return this.audit.list(storeId, { cursor, limit, action, actor, orderId });
  }
}
