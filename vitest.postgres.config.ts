import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/** What touches the database, once more on the PostgreSQL server that CT_TEST_DATABASE names (127.0.0.1 without it). */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: [
      'libs/conversation-tracker/src/*.spec.ts',
      'libs/conversation-tracker/src/{alias,events,mailer/delivery,mailer/inbound,mailer/relay,persistence,settings,timeline}/**/*.spec.ts',
      'test/e2e/**/*.spec.ts',
      'test/postgres/**/*.spec.ts',
    ],
    // The reference OMS and the commands have SQLite alone here.
    exclude: ['test/e2e/oms-*.spec.ts', 'test/e2e/*-command.spec.ts'],
    globalSetup: ['test/support/database-server.ts'],
  },
});
