import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { AliasDirectory } from '../../alias/alias-directory.js';
import { type Clock } from '../../kernel/clock.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { InboundMail } from '../../ports/inbound-mail.js';
import { CLOCK, TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../../ports/tracker-options.js';
import { BOUNCE_LABEL } from '../delivery/envelope-sender.js';
import { type InboundFront, type InboundFrontOptions } from '../inbound/inbound-front.js';
import { SystemDnsResolver } from '../inbound/system-dns-resolver.js';
import { BulkGuard } from './bulk-guard.js';
import { IncomingHandler } from './incoming-handler.js';
import { InboundPipeline } from './inbound-pipeline.js';
import { MimeWorkers } from './mime-worker.js';

/**
 * The mail that comes in, where the options say so: from the port to the spool, and out of the spool onto timelines and to
 * people. It listens from the start of the application until its end, which waits for what is in flight.
 */
@Injectable()
export class InboundMailServer extends InboundMail implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('ConversationTracker');
  private front: InboundFront | undefined;
  private pipeline: InboundPipeline | undefined;
  private listening: number | undefined;

  constructor(
    private readonly handler: IncomingHandler,
    private readonly bulk: BulkGuard,
    private readonly workers: MimeWorkers,
    private readonly directory: AliasDirectory,
    private readonly keys: KeyRing,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {
    super();
  }

  /** Where SMTP is spoken; undefined where it is not. */
  get port(): number | undefined {
    return this.listening;
  }

  get accepted(): number {
    return this.front?.accepted ?? 0;
  }

  /** @throws TrackerError naming a library that is missing, or the option that is wrong; or what keeps it from listening. */
  async onApplicationBootstrap(): Promise<void> {
    const { inbound } = this.options;
    if (!inbound) return;
    const { InboundFront: Front } = await import('../inbound/inbound-front.js');
    const { keys, clock, directory, options } = this;
    const { port = 0, tls, dns, ...rest } = inbound;
    const front = await Front.open(
      {
        ...rest,
        port,
        tls,
        trackerDomains: trackerDomains(options),
        bounceLabels: [BOUNCE_LABEL, ...(options.relayed ? [options.relayed.bounceLabel] : [])],
        dataDirectory: options.dataDirectory,
      } as InboundFrontOptions,
      { keys, clock, directory, dns: dns ?? new SystemDnsResolver(), refuse: this.bulk.refuse },
    );
    this.front = front;
    this.pipeline = new InboundPipeline(front.spool, (message) => this.handler.handle(message));
    this.pipeline.start();
    if (inbound.port === undefined) return;
    this.listening = await front.start();
    this.logger.log(`takes mail on port ${this.listening}`);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.listening = undefined;
    await this.pipeline?.stop();
    await this.front?.stop();
    await this.workers.close();
  }

  /** The encryption keys by which this process's spool files can be read. */
  get spoolKeyIds(): string[] {
    return this.front?.spool.masterIds ?? [];
  }

  /** The way in for mail that does not come by SMTP; undefined where no mail is taken. */
  get way(): Pick<InboundFront, 'receive'> | undefined {
    return this.front;
  }
}
