import { Module } from '@nestjs/common';
import { ConfigurableModuleClass } from './conversation-tracker.module-definition.js';
import { SettingsModule } from './settings/settings.module.js';

/** What a host imports: `ConversationTrackerModule.forRoot({ … })` or `forRootAsync({ … })`. */
@Module({ imports: [SettingsModule] })
export class ConversationTrackerModule extends ConfigurableModuleClass {}
