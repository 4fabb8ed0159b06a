import { Get, Header, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { StoreKeys } from '../../persistence/store-keys.js';
import { type AccessGrant } from '../../ports/access-policy.js';
import { Grant, Requires } from '../../ports/rest/requires.decorator.js';
import { TrackerController } from '../../ports/rest/tracker-controller.decorator.js';
import { AuditTrail } from '../../timeline/audit/audit-trail.js';
import { type KeyStatus, KeyStatusReader } from './key-status.service.js';

@TrackerController('keys')
export class KeysController {
  constructor(
    private readonly status: KeyStatusReader,
    private readonly storeKeys: StoreKeys,
    private readonly audit: AuditTrail,
  ) {}

  @Get()
  @Requires('privacy.keys')
  @Header('Cache-Control', 'no-store')
  read(@Grant() { storeId }: Required<AccessGrant>): Promise<KeyStatus> {
    return this.status.read(storeId);
  }

  /** The new key encrypts five minutes later, and all else is brought under it from ten minutes on. */
  @Post()
  @Requires('privacy.keys')
  @HttpCode(HttpStatus.ACCEPTED)
  @Header('Cache-Control', 'no-store')
  async renew(@Grant() { storeId, actor }: Required<AccessGrant>): Promise<KeyStatus> {
    await this.storeKeys.renew(storeId);
    await this.audit.record({ storeId, actor, action: 'keys.renewed', detail: {} });
    return this.status.read(storeId);
  }
}
