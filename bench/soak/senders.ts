import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { type SoakProcess } from './soak-process.js';
import { customerOf, ORDERS } from './soak-world.js';

/** Eight people who write as fast as they are answered. */
export class Senders {
  /** Tokens of what somebody was told 250 for. */
  readonly accepted = new Set<string>();
  /** How often each reply code came instead; 0 where the connection broke off. */
  readonly refused = new Map<number, number>();
  private isRunning = true;
  private readonly work: Promise<void[]>;

  /**
   * @param host that runs at the moment; undefined while there is none.
   * @param octets of each message, about.
   */
  constructor(
    private readonly host: () => SoakProcess | undefined,
    private readonly octets: number,
    private readonly pauseMs = 0,
  ) {
    this.work = Promise.all(ORDERS.map((n) => this.write(n)));
  }

  async stop(): Promise<void> {
    this.isRunning = false;
    await this.work;
  }

  private async write(n: number): Promise<void> {
    while (this.isRunning) {
      const host = this.host();
      if (!host) {
        await wait(20);
        continue;
      }
      const token = `token-${randomBytes(12).toString('hex')}`;
      const transport = createTransport({ host: '127.0.0.1', port: host.port, ignoreTLS: true, socketTimeout: 30_000 });
      try {
        const text = `${token}\n${'All is well with the order. '.repeat(Math.ceil(this.octets / 28))}`;
        await transport.sendMail({ from: customerOf(n), to: host.aliases[n], subject: 'Hello', text });
        this.accepted.add(token);
      } catch (error) {
        const { responseCode = 0 } = error as { responseCode?: number };
        this.refused.set(responseCode, (this.refused.get(responseCode) ?? 0) + 1);
        await wait(50);
      } finally {
        transport.close();
      }
      if (this.pauseMs > 0) await wait(this.pauseMs);
    }
  }
}
