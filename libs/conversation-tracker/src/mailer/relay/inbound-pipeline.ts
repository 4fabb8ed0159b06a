import { Logger } from '@nestjs/common';
import { backoff } from '../../events/backoff.js';
import { PollLoop } from '../../events/poll-loop.js';
import { traced } from '../../ports/tracing.js';
import { type Spool, type SpooledMessage } from '../inbound/spool/spool.js';
import { type MailReceipt } from '../inbound/smtp/mail-receipt.js';
import { type SenderVerdict } from '../inbound/verdict/sender-verdict.js';

type Receipt = MailReceipt<SenderVerdict>;

const POLL_MS = 1_000;
/** As many as share a commit. */
const AT_ONCE = 48;
/** Octets of messages that are in memory at once; a larger one is worked on alone. */
const BYTES_AT_ONCE = 16 * 1024 * 1024;
const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 600_000;

/**
 * Works on what lies in the spool, oldest first. A message that fails, since the database is away say, stays there and is
 * tried again; nothing ends it but being worked on.
 */
export class InboundPipeline {
  private readonly logger = new Logger('ConversationTracker');
  private readonly loop = new PollLoop(() => this.fill(), POLL_MS);
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly failed = new Map<string, { attempts: number; nextAt: number }>();
  private bytes = 0;
  private unsubscribe: () => void = () => undefined;

  constructor(
    private readonly spool: Spool<Receipt>,
    private readonly handle: (message: SpooledMessage<Receipt>) => Promise<void>,
  ) {}

  start(): void {
    this.unsubscribe = this.spool.onChange(() => this.loop.wake());
    this.loop.start();
  }

  /** Finishes what is under way; the rest waits for the next start. */
  async stop(): Promise<void> {
    this.unsubscribe();
    await this.loop.stop();
    await Promise.all(this.underWay.values());
  }

  private async fill(): Promise<boolean> {
    // A file that cannot be deleted now holds up no mail.
    await this.spool.turnOver().catch(() => undefined);
    const now = performance.now();
    for (const message of this.spool.oldestFirst()) {
      if (this.underWay.size >= AT_ONCE) break;
      if (this.underWay.has(message.id) || (this.failed.get(message.id)?.nextAt ?? 0) > now) continue;
      if (this.bytes > 0 && this.bytes + message.size > BYTES_AT_ONCE) break;
      this.begin(message);
    }
    return false;
  }

  private begin(message: SpooledMessage<Receipt>): void {
    this.bytes += message.size;
    const work = this.work(message).finally(() => {
      this.bytes -= message.size;
      this.underWay.delete(message.id);
      this.loop.wake();
    });
    this.underWay.set(message.id, work);
  }

  private async work(message: SpooledMessage<Receipt>): Promise<void> {
    try {
      await traced('conversation-tracker.mail.record', { 'mail.id': message.id }, () => this.handle(message));
      await this.spool.consume(message.id);
      this.failed.delete(message.id);
    } catch (error) {
      const attempts = (this.failed.get(message.id)?.attempts ?? 0) + 1;
      const wait = backoff(attempts, RETRY_BASE_MS, RETRY_CAP_MS, Math.random());
      this.failed.set(message.id, { attempts, nextAt: performance.now() + wait });
      // The class alone: a message may quote an address.
      const name = error instanceof Error ? error.name : 'unknown error';
      this.logger.error(`mail ${message.id} waits in the spool (${name}), will try again`);
    }
  }
}
