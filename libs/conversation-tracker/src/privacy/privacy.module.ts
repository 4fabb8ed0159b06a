import { Module } from '@nestjs/common';
import { ParkedEventErasure } from '../events/parked-event-erasure.js';
import { MailerModule } from '../mailer/mailer.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { TimelineModule } from '../timeline/timeline.module.js';
import { ErasureRun } from './erasure-run.js';
import { ErasureWorker } from './erasure-worker.js';
import { ErasuresController } from './erasures.controller.js';
import { Erasures } from './erasures.service.js';

/** Forgets people, orders and stores, through the services of the rooms that hold something of them. */
@Module({
  imports: [SettingsModule, TimelineModule, MailerModule],
  controllers: [ErasuresController],
  providers: [Erasures, ErasureRun, ErasureWorker, ParkedEventErasure],
})
export class PrivacyModule {}
