import { Get, Header, Query } from '@nestjs/common';
import { type AccessGrant } from '../ports/access-policy.js';
import { Grant, Requires } from '../ports/rest/requires.decorator.js';
import { TrackerController } from '../ports/rest/tracker-controller.decorator.js';
import { type LastSettingsChanges, type SettingsChangePage, SettingsChanges } from './settings-changes.service.js';
import { parsePageQuery, type QueryParameter } from './timeline-query.js';

@TrackerController('settings/changes')
export class SettingsChangesController {
  constructor(private readonly changes: SettingsChanges) {}

  @Get()
  @Requires('settings.read')
  @Header('Cache-Control', 'no-store')
  list(
    @Grant() { storeId }: Required<AccessGrant>,
    @Query('cursor') cursor: QueryParameter,
    @Query('limit') limit: QueryParameter,
    @Query('order') order: QueryParameter,
  ): Promise<SettingsChangePage> {
    return this.changes.list(storeId, parsePageQuery({ cursor, limit, order }));
  }

  @Get('last')
  @Requires('settings.read')
  @Header('Cache-Control', 'no-store')
  async last(@Grant() { storeId }: Required<AccessGrant>): Promise<{ fields: LastSettingsChanges }> {
    return { fields: await this.changes.last(storeId) };
  }
}
