import { describe, vi } from 'vitest';

vi.hoisted(() => {
  process.env['HTTP_ADAPTER'] = 'fastify';
});

// `npm run test:fastify` runs all of test/e2e.
describe('on Fastify', async () => {
  await import('../e2e/boot.spec.js');
  await import('../e2e/order-masking.spec.js');
  await import('../e2e/template-preview.spec.js');
});
