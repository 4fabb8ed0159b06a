import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/** What a user does over HTTP, once more with every host on Fastify. The reference OMS and the commands have one adapter. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    env: { HTTP_ADAPTER: 'fastify' },
    include: ['test/e2e/**/*.spec.ts'],
    exclude: ['test/e2e/oms-*.spec.ts', 'test/e2e/{mask-command,kill,schema}.spec.ts'],
  },
});
