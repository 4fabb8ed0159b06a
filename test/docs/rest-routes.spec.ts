import { expect, it } from 'vitest';
import { startHost } from '../support/host-app.js';
import { readTable } from './markdown-table.js';
import { mountedRoutes } from './mounted-routes.js';

it('docs/reference tells of every route of a started host, with the action that it asks for', async () => {
  const host = await startHost();
  try {
    const routes = mountedRoutes(host.app).map(({ method, path, action }) => `${method} ${path} ${action}`);
    const rows = readTable('rest.md', 'method').map(({ method, path, action }) => `${method} ${path} ${action}`);
    expect(rows.sort()).toEqual(routes.sort());
  } finally {
    await host.close();
  }
});
