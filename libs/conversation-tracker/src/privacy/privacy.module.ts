import { Module } from '@nestjs/common';
import { EventResealing } from '../events/event-resealing.js';
import { ParkedEventErasure } from '../events/parked-event-erasure.js';
import { MailerModule } from '../mailer/mailer.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { TimelineModule } from '../timeline/timeline.module.js';
import { ErasureRun } from './erasure-run.js';
import { ErasureWorker } from './erasure-worker.js';
import { ErasuresController } from './erasures.controller.js';
import { Erasures } from './erasures.service.js';
import { ExportsController } from './export/exports.controller.js';
import { PersonExport } from './export/person-export.js';
import { KeyStatusReader } from './keys/key-status.service.js';
import { KeysController } from './keys/keys.controller.js';
import { MasterKeyChange } from './keys/master-key-change.js';
import { StoreKeyChange } from './keys/store-key-change.js';
import { StoreRetention } from './retention/store-retention.js';
import { UpkeepBook } from './upkeep/upkeep-book.js';
import { Upkeep } from './upkeep/upkeep.js';
import { UpkeepSchedule } from './upkeep/upkeep.schedule.js';

/** Forgets what is no longer to be known, and changes keys, through the services of the rooms that hold something. */
@Module({
  imports: [SettingsModule, TimelineModule, MailerModule],
  controllers: [ErasuresController, ExportsController, KeysController],
  providers: [
    Erasures,
    ErasureRun,
    ErasureWorker,
    EventResealing,
    KeyStatusReader,
    MasterKeyChange,
    ParkedEventErasure,
    PersonExport,
    StoreKeyChange,
    StoreRetention,
    Upkeep,
    UpkeepBook,
    UpkeepSchedule,
  ],
})
export class PrivacyModule {}
