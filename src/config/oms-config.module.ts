import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule, registerAs } from '@nestjs/config';
import { type Environment, OmsConfig } from './oms-config.js';

/** Reads `.env` and the environment; `overrides` win over both. */
@Module({})
export class OmsConfigModule {
  static register(overrides: Environment): DynamicModule {
    const fromEnvironment = registerAs('oms', () => new OmsConfig({ ...process.env, ...overrides }));
    return {
      module: OmsConfigModule,
      global: true,
      imports: [ConfigModule.forRoot({ load: [fromEnvironment] })],
      providers: [{ provide: OmsConfig, useExisting: fromEnvironment.KEY }],
      exports: [OmsConfig],
    };
  }
}
