import { Global, Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { AliasService } from './alias.service.js';

@Global()
@Module({ imports: [SettingsModule], providers: [AliasService], exports: [AliasService] })
export class AliasModule {}
