import { mkdir, statfs } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { InboundMail } from '../../ports/inbound-mail.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../../ports/tracker-options.js';
import { QueueLag } from './queue-lag.js';

export type HealthStatus = 'up' | 'down';

/** How the parts are that the tracker needs. */
export interface HealthReport {
  /** `down` where one of the checks is. */
  status: HealthStatus;
  checks: {
    /** Answers within two seconds. */
    database: { status: HealthStatus };
    /** Nothing has been due for more than 15 minutes; in seconds, how long what waits longest has. */
    queues: { status: HealthStatus; eventsLagSeconds?: number; deliveriesLagSeconds?: number };
    /** 256 MiB are free where messages lie. */
    disk: { status: HealthStatus; freeBytes?: number };
    /** The SMTP server listens, where the options ask for one. */
    smtp?: { status: HealthStatus; port?: number };
  };
}

const PATIENCE_MS = 2_000;
const MAX_LAG_SECONDS = 15 * 60;
/** Ten of the largest messages. */
const MIN_FREE_BYTES = 256 * 1024 * 1024;

/**
 * Whether the tracker can do its work, for probes and monitors. That the process is alive is what an answer of any kind says.
 *
 * @example
 * // with @nestjs/terminus
 * this.health.check([() => this.tracker.indicator('conversation-tracker')]);
 */
@Injectable()
export class TrackerHealth {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly lag: QueueLag,
    private readonly inbound: InboundMail,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /** Never rejects: what cannot be asked is down. */
  async ready(): Promise<HealthReport> {
    const [database, queues, disk] = await Promise.all([this.askDatabase(), this.askQueues(), this.askDisk()]);
    const smtp = this.askSmtp();
    const checks = { database, queues, disk, ...(smtp ? { smtp } : {}) };
    const isUp = Object.values(checks).every(({ status }) => status === 'up');
    return { status: isUp ? 'up' : 'down', checks };
  }

  /** The same, in the form of an indicator of @nestjs/terminus. */
  async indicator<Key extends string>(
    key: Key,
  ): Promise<Record<Key, { status: HealthStatus } & HealthReport['checks']>> {
    const { status, checks } = await this.ready();
    return { [key]: { status, ...checks } } as Record<Key, { status: HealthStatus } & HealthReport['checks']>;
  }

  private async askDatabase(): Promise<HealthReport['checks']['database']> {
    return { status: (await inTime(this.database.manager.query('SELECT 1'))) ? 'up' : 'down' };
  }

  private async askQueues(): Promise<HealthReport['checks']['queues']> {
    const lags = await inTime(this.lag.read());
    if (!lags) return { status: 'down' };
    const { events, deliveries } = lags;
    const status = Math.max(events, deliveries) <= MAX_LAG_SECONDS ? 'up' : 'down';
    return { status, eventsLagSeconds: Math.round(events), deliveriesLagSeconds: Math.round(deliveries) };
  }

  /** Of the disks where bodies and the spool lie, the fuller one. */
  private async askDisk(): Promise<HealthReport['checks']['disk']> {
    const { dataDirectory, inbound } = this.options;
    const free = await inTime(
      Promise.all([dataDirectory, ...(inbound ? [inbound.spoolDirectory] : [])].map((folder) => freeBytesOf(folder))),
    );
    if (!free) return { status: 'down' };
    const freeBytes = Math.min(...free);
    return { status: freeBytes >= MIN_FREE_BYTES ? 'up' : 'down', freeBytes };
  }

  private askSmtp(): HealthReport['checks']['smtp'] {
    if (this.options.inbound?.port === undefined) return undefined;
    const { port } = this.inbound;
    return port === undefined ? { status: 'down' } : { status: 'up', port };
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Undefined where it fails, or takes too long for a probe. */
async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  });
  try {
    return await Promise.race([work.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
