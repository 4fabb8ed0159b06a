import { Global, Module } from '@nestjs/common';
import { ADDRESS_BOOK } from '../ports/address-book.js';
import { SettingsModule } from '../settings/settings.module.js';
import { TimelineModule } from '../timeline/timeline.module.js';
import { AliasBook } from './alias-book.js';
import { AliasAddresses } from './alias-addresses.js';
import { AliasControl } from './alias-control.js';
import { AliasDirectory } from './alias-directory.js';
import { AliasErasure } from './alias-erasure.js';
import { AliasOrdersConsumer } from './alias-orders.consumer.js';
import { AliasPurge } from './alias-purge.js';
import { AliasPurgeSchedule } from './alias-purge.schedule.js';
import { AliasController } from './alias.controller.js';
import { AliasService } from './alias.service.js';
import { ParticipantResealing } from './participant-resealing.js';
import { OrderAliasesController } from './order-aliases.controller.js';
import { OrderNotesController } from './order-notes/order-notes.controller.js';
import { OrderNotes } from './order-notes/order-notes.service.js';
import { OrderSearchController } from './order-search/order-search.controller.js';
import { OrderSearch } from './order-search/order-search.service.js';
import { AliasHolders } from './reveal/alias-holders.js';
import { AliasReveal } from './reveal/alias-reveal.service.js';
import { MatchController, RevealController } from './reveal/reveal.controller.js';

/** Global: the timeline shows aliases by the AddressBook port and may not know this room. */
@Global()
@Module({
  imports: [SettingsModule, TimelineModule],
  controllers: [
    AliasController,
    OrderAliasesController,
    OrderSearchController,
    OrderNotesController,
    RevealController,
    MatchController,
  ],
  providers: [
    AliasAddresses,
    AliasControl,
    AliasDirectory,
    AliasHolders,
    AliasErasure,
    ParticipantResealing,
    AliasOrdersConsumer,
    AliasPurge,
    AliasPurgeSchedule,
    AliasReveal,
    AliasService,
    OrderNotes,
    OrderSearch,
    { provide: ADDRESS_BOOK, useClass: AliasBook },
  ],
  exports: [
    AliasAddresses,
    AliasControl,
    AliasDirectory,
    AliasErasure,
    ParticipantResealing,
    AliasPurge,
    AliasReveal,
    AliasService,
    OrderNotes,
    OrderSearch,
    ADDRESS_BOOK,
  ],
})
export class AliasModule {}
