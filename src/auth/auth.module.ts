import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { OmsConfig } from '../config/oms-config.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { ApiKeys } from './api-keys.js';
import { loadApiKeys } from './keys-file.js';
import { Sessions } from './sessions.js';
import { SignInController } from './sign-in.controller.js';
import { loadUsers } from './users-file.js';
import { Users } from './users.js';

@Module({
  controllers: [SignInController],
  providers: [
    Sessions,
    { provide: Users, inject: [OmsConfig], useFactory: loadUsers },
    { provide: ApiKeys, inject: [OmsConfig], useFactory: loadApiKeys },
    { provide: APP_GUARD, useClass: ApiKeyGuard },
  ],
  exports: [Sessions],
})
export class AuthModule {}
