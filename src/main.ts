import { Logger } from '@nestjs/common';
import { createApp } from './create-app.js';
import { InboxService } from './inbox/inbox.service.js';
import { listen } from './listen.js';

const logger = new Logger('OMS');

try {
  const app = await createApp();
  app.enableShutdownHooks();
  const url = await listen(app);
  const inbox = app.get(InboxService);
  logger.log(
    `Listening on ${url} · Sign in ${url}/sign-in · OpenAPI ${url}/api${inbox.isOpen ? ` · Playground ${url}/playground · Inbox ${url}/inbox` : ''}`,
  );
} catch (error) {
  logger.error(error instanceof Error ? error.message : 'The OMS did not start');
  process.exit(1);
}
