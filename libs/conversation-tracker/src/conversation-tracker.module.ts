import { Module } from '@nestjs/common';
import { ConfigurableModuleClass } from './conversation-tracker.module-definition.js';
import { AliasModule } from './alias/alias.module.js';
import { MailerModule } from './mailer/mailer.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { OrderConversation } from './order-conversation.js';
import { OrderMaskingModule } from './order-masking/order-masking.module.js';
import { PrivacyModule } from './privacy/privacy.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { TimelineModule } from './timeline/timeline.module.js';

/** What a host imports: `ConversationTrackerModule.forRoot({ … })` or `forRootAsync({ … })`. */
@Module({
  imports: [
    SettingsModule,
    TimelineModule,
    AliasModule,
    OrderMaskingModule,
    MailerModule,
    OperationsModule,
    PrivacyModule,
  ],
  providers: [OrderConversation],
  exports: [OrderMaskingModule, MailerModule, OperationsModule, OrderConversation],
})
export class ConversationTrackerModule extends ConfigurableModuleClass {}
