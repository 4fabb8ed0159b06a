import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { findBrowser } from './test/support/browser-path.js';

export default defineConfig({
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: {
    alias: {
      'nestjs-conversation-tracker': fileURLToPath(
        new URL('./libs/conversation-tracker/src/index.ts', import.meta.url),
      ),
    },
  },
  test: {
    include: ['libs/**/*.spec.ts', 'src/**/*.spec.ts', 'test/**/*.spec.ts'],
    exclude: [
      '**/node_modules/**',
      'test/postgres/**',
      'test/mailauth/**',
      // The pages are looked at where there is a browser; `left-out.ts` says where there is none.
      ...(findBrowser() === undefined ? ['test/browser/**'] : []),
    ],
    setupFiles: ['reflect-metadata'],
    globalSetup: ['test/support/left-out.ts'],
    // Two on two cores, where vitest by itself leaves one idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Nest and TypeORM load once for a worker, not once for a file: half the processor time. No spec changes what another sees.
    isolate: false,
    testTimeout: 20_000,
    coverage: { include: ['libs/*/src/**', 'src/**'] },
  },
});
