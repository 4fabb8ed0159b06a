import { type Server } from 'node:http';
import { type INestApplication } from '@nestjs/common';

/** Calls `work` with the URL of the app, which listens on a free port meanwhile unless it does already. */
export async function withRunningApp<T>(app: INestApplication, work: (url: string) => Promise<T>): Promise<T> {
  await app.init();
  const instance = app.getHttpAdapter().getInstance() as { ready?: () => PromiseLike<unknown> };
  // Fastify takes requests only when its plugins are in place.
  if (typeof instance.ready === 'function') await instance.ready();
  const server = app.getHttpServer() as Server;
  if (server.listening) return work(urlOf(server));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  try {
    return await work(urlOf(server));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function urlOf(server: Server): string {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('expectNoRealAddress: the app has no port');
  const host = address.address === '::1' ? '[::1]' : '127.0.0.1';
  return `http://${host}:${address.port}`;
}
