import type { INestApplication } from '@nestjs/common';
import { OmsConfig } from './config/oms-config.js';

/**
 * Opens the app where the configuration says.
 *
 * @returns its URL
 * @throws what keeps it from listening, and the fix
 */
export async function listen(app: INestApplication): Promise<string> {
  const { host, port, inbound } = app.get(OmsConfig);
  try {
    await app.listen(port, host);
  } catch (error) {
    const { code, syscall, port: taken } = error as NodeJS.ErrnoException & { port?: number };
    if (syscall !== 'listen' && syscall !== 'getaddrinfo') throw error;
    // The app also opens the port for mail.
    if (inbound && taken === inbound.port && taken !== port) {
      throw new Error(
        `The OMS cannot take mail on ${inbound.host}:${taken} (${code}). Set INBOUND_SMTP_PORT to a free port, or INBOUND_SMTP_HOST to an address of this machine.`,
        { cause: error },
      );
    }
    throw new Error(
      `The OMS cannot listen on ${host}:${port} (${code}). Set PORT to a free port, or HOST to an address of this machine.`,
      { cause: error },
    );
  }
  return app.getUrl();
}
