import { Module } from '@nestjs/common';
import { OmsConfig } from '../config/oms-config.js';
import { LocalZone } from '../local-dns/local-zone.js';
import { stores } from '../stores/stores.js';
import { InboxController } from './inbox.controller.js';
import { InboxService } from './inbox.service.js';
import { MailWriter } from './mail-writer.js';

/** Where the seed's customers and a carrier have their mailboxes; any other domain is added with its first mail. */
const domains = ['customer.example', 'parcels.example', ...stores.map(({ email }) => email.split('@')[1])];

@Module({
  controllers: [InboxController],
  providers: [
    { provide: LocalZone, useFactory: () => new LocalZone(domains) },
    {
      provide: InboxService,
      inject: [OmsConfig, LocalZone],
      useFactory: (config: OmsConfig, zone: LocalZone) => InboxService.open(config, zone),
    },
    MailWriter,
  ],
  exports: [InboxService, LocalZone, MailWriter],
})
export class InboxModule {}
