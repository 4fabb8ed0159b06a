import { Body, Get, Patch, Put } from '@nestjs/common';
import { type AccessGrant } from '../ports/access-policy.js';
import { Grant, Requires } from '../ports/rest/requires.decorator.js';
import { TrackerController } from '../ports/rest/tracker-controller.decorator.js';
import { SettingsService } from './settings.service.js';
import { type StoreSettingsValues } from './store-settings-values.js';

@TrackerController('settings')
export class SettingsController {
  constructor(private readonly settings: SettingsService) {}

  @Get()
  @Requires('settings.read')
  read(@Grant() { storeId }: Required<AccessGrant>): Promise<Readonly<StoreSettingsValues>> {
    return this.settings.get(storeId);
  }

  @Put()
  @Requires('settings.write')
  replace(@Grant() { storeId, actor }: Required<AccessGrant>, @Body() body: unknown): Promise<StoreSettingsValues> {
    return this.settings.replace(storeId, actor, body);
  }

  @Patch()
  @Requires('settings.write')
  change(@Grant() { storeId, actor }: Required<AccessGrant>, @Body() body: unknown): Promise<StoreSettingsValues> {
    return this.settings.change(storeId, actor, body);
  }
}
