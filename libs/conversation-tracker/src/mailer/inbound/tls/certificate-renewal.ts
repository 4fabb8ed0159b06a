import { Logger } from '@nestjs/common';
import { type CertifiedKey } from './self-signed-certificate.js';

const DAY_MS = 86_400_000;

/** Looks once a day whether the certificate is soon over, for a process that runs longer than it. */
export class CertificateRenewal {
  private readonly logger = new Logger('ConversationTracker');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly current: () => Promise<CertifiedKey>,
    private readonly server: { renew(tls: CertifiedKey): void },
    private readonly everyMs = DAY_MS,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.look(), this.everyMs).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    try {
      this.server.renew(await this.current());
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown error';
      this.logger.warn(`the certificate of the mail server could not be renewed (${name}); tomorrow it is tried again`);
    }
  }
}
