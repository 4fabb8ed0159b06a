import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { TrackerError } from '../kernel/errors.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';
import { AliasPurge } from './alias-purge.js';

/** Under which name the host sees the interval in its SchedulerRegistry. */
const INTERVAL = 'conversation-tracker.alias-purge';
/** A longer timer of Node's fires at once (https://nodejs.org/api/timers.html#settimeoutcallback-delay-args). */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Runs the purge at the start, so that restarts never keep it from its turn, and then as often as the options say. */
@Injectable()
export class AliasPurgeSchedule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('ConversationTracker');

  constructor(
    private readonly purge: AliasPurge,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
    @Optional() private readonly schedule?: SchedulerRegistry,
  ) {}

  /** @throws TrackerError `configuration-invalid` when the host has no scheduler. */
  onModuleInit(): void {
    if (this.schedule) return;
    throw new TrackerError(
      'configuration-invalid',
      'expired aliases would never be deleted; import ScheduleModule.forRoot() of @nestjs/schedule in the root module',
    );
  }

  onApplicationBootstrap(): void {
    const everyMs = Math.min(this.options.purge.everyMs, MAX_TIMER_MS);
    this.schedule?.addInterval(
      INTERVAL,
      setInterval(() => this.run(), everyMs),
    );
    this.run();
  }

  /** Before the database closes. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.schedule?.doesExist('interval', INTERVAL)) this.schedule.deleteInterval(INTERVAL);
    await this.purge.stop();
  }

  private run(): void {
    this.purge.purge().catch((error: unknown) => {
      // The class alone: a message may quote a row.
      const name = error instanceof Error ? error.name : 'unknown error';
      this.logger.warn(`expired aliases could not be deleted (${name}); the next run tries again`);
    });
  }
}
