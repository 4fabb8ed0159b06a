import { Body, Get, Patch, Put } from '@nestjs/common';
import { type AccessGrant } from '../ports/access-policy.js';
import { Grant, Requires } from '../ports/rest/requires.decorator.js';
import { TrackerController } from '../ports/rest/tracker-controller.decorator.js';
import { SettingsService } from './settings.service.js';
import { type MaskType, type StoreSettingsValues } from './store-settings-values.js';

/** Settings as a store chose them, with what is in force in their place. */
export interface SettingsView extends Readonly<StoreSettingsValues> {
  /** `complex` where `maskType` is `simple` and a strict DMARC record of the tracker domain forbids it (R38). */
  maskTypeInForce?: MaskType;
}

@TrackerController('settings')
export class SettingsController {
  constructor(private readonly settings: SettingsService) {}

  @Get()
  @Requires('settings.read')
  async read(@Grant() { storeId }: Required<AccessGrant>): Promise<SettingsView> {
    return this.view(storeId, await this.settings.get(storeId));
  }

  @Put()
  @Requires('settings.write')
  async replace(@Grant() { storeId, actor }: Required<AccessGrant>, @Body() body: unknown): Promise<SettingsView> {
    return this.view(storeId, await this.settings.replace(storeId, actor, body));
  }

  @Patch()
  @Requires('settings.write')
  async change(@Grant() { storeId, actor }: Required<AccessGrant>, @Body() body: unknown): Promise<SettingsView> {
    return this.view(storeId, await this.settings.change(storeId, actor, body));
  }

  private async view(storeId: string, values: Readonly<StoreSettingsValues>): Promise<SettingsView> {
    const { maskType } = await this.settings.inForce(storeId);
    return maskType === values.maskType ? values : { ...values, maskTypeInForce: maskType };
  }
}
