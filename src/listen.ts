import type { INestApplication } from '@nestjs/common';
import { OmsConfig } from './config/oms-config.js';

/**
 * Opens the app where the configuration says.
 *
 * @returns its URL
 * @throws what keeps it from listening, and the fix
 */
export async function listen(app: INestApplication): Promise<string> {
  const { host, port } = app.get(OmsConfig);
  try {
    await app.listen(port, host);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall !== 'listen' && syscall !== 'getaddrinfo') throw error;
    throw new Error(
      `The OMS cannot listen on ${host}:${port} (${code}). Set PORT to a free port, or HOST to an address of this machine.`,
      { cause: error },
    );
  }
  return app.getUrl();
}
