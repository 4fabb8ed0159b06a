import 'reflect-metadata';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { Environment } from './config/oms-config.js';
import { serveOpenApi } from './open-api.js';

/**
 * Builds the OMS without listening yet; `await app.listen(0)` opens it on a free port.
 *
 * @param environment wins over the process's environment
 * @throws what is wrong with the configuration, and its fix
 * @example createApp({ OMS_DATABASE: '/tmp/try/oms.sqlite', INBOX_SMTP_PORT: '0', SMTP_URL: '' })
 */
export async function createApp(
  environment: Environment = {},
  logger?: LoggerService | false,
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.register(environment), {
    abortOnError: false,
    ...(logger === undefined ? {} : { logger }),
  });
  return dressApp(app);
}

/** What an app needs beyond its modules. */
export function dressApp(app: NestExpressApplication): NestExpressApplication {
  app.disable('x-powered-by');
  serveOpenApi(app);
  return app;
}
