import { Global, Module } from '@nestjs/common';
import { ADDRESS_BOOK } from '../ports/address-book.js';
import { SettingsModule } from '../settings/settings.module.js';
import { AliasBook } from './alias-book.js';
import { AliasAddresses } from './alias-addresses.js';
import { AliasControl } from './alias-control.js';
import { AliasDirectory } from './alias-directory.js';
import { AliasOrdersConsumer } from './alias-orders.consumer.js';
import { AliasPurge } from './alias-purge.js';
import { AliasPurgeSchedule } from './alias-purge.schedule.js';
import { AliasController } from './alias.controller.js';
import { AliasService } from './alias.service.js';
import { OrderAliasesController } from './order-aliases.controller.js';

/** Global: the timeline shows aliases by the AddressBook port and may not know this room. */
@Global()
@Module({
  imports: [SettingsModule],
  controllers: [AliasController, OrderAliasesController],
  providers: [
    AliasAddresses,
    AliasControl,
    AliasDirectory,
    AliasOrdersConsumer,
    AliasPurge,
    AliasPurgeSchedule,
    AliasService,
    { provide: ADDRESS_BOOK, useClass: AliasBook },
  ],
  exports: [AliasAddresses, AliasDirectory, AliasPurge, AliasService, ADDRESS_BOOK],
})
export class AliasModule {}
