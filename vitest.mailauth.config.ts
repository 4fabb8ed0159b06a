import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

/** Who wrote a message, once more by the mailauth that lies in the folder CT_MAILAUTH; see test/compat/mailauth.mjs. */
export default defineConfig({
  ...mergeConfig(base, { resolve: { alias: { mailauth: process.env['CT_MAILAUTH'] ?? 'mailauth' } } }),
  test: {
    ...base.test,
    include: [
      'test/mailauth/**/*.spec.ts',
      'libs/conversation-tracker/src/mailer/inbound/**/*.spec.ts',
      'test/e2e/{relay,relay-rules,conversation,deliver-command,oms-inbox-reply}.spec.ts',
    ],
    exclude: [],
  },
});
