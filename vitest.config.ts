import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

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
    exclude: ['**/node_modules/**', 'test/postgres/**'],
    setupFiles: ['reflect-metadata'],
    globalSetup: ['test/support/left-out.ts'],
    testTimeout: 20_000,
    coverage: { include: ['libs/*/src/**', 'src/**'] },
  },
});
