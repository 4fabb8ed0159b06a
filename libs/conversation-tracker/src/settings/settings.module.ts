import { Module } from '@nestjs/common';
import { DmarcAlignment } from './dmarc-alignment.js';
import { SettingsController } from './settings.controller.js';
import { SettingsService } from './settings.service.js';

@Module({
  controllers: [SettingsController],
  providers: [DmarcAlignment, SettingsService],
  exports: [SettingsService],
})
export class SettingsModule {}
