import { Module } from '@nestjs/common';
import { OmsConfig } from '../config/oms-config.js';
import { InboxController } from './inbox.controller.js';
import { InboxService } from './inbox.service.js';

@Module({
  controllers: [InboxController],
  providers: [
    { provide: InboxService, inject: [OmsConfig], useFactory: (config: OmsConfig) => InboxService.open(config) },
  ],
  exports: [InboxService],
})
export class InboxModule {}
