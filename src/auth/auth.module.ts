import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { OmsConfig } from '../config/oms-config.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { ApiKeys } from './api-keys.js';
import { loadApiKeys } from './keys-file.js';

@Module({
  providers: [
    { provide: ApiKeys, inject: [OmsConfig], useFactory: loadApiKeys },
    { provide: APP_GUARD, useClass: ApiKeyGuard },
  ],
})
export class AuthModule {}
