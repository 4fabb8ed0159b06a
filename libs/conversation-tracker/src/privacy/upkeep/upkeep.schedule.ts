import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  Optional,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Upkeep } from './upkeep.js';
import { UpkeepBook } from './upkeep-book.js';

/** Under which name the host sees the interval in its SchedulerRegistry. */
const INTERVAL = 'conversation-tracker.upkeep';
const EVERY_MS = 60_000;

/** Runs the upkeep at the start and every minute. The alias room has seen to it that there is a scheduler. */
@Injectable()
export class UpkeepSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('ConversationTracker');
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly upkeep: Upkeep,
    private readonly book: UpkeepBook,
    @Optional() private readonly schedule?: SchedulerRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule?.addInterval(
      INTERVAL,
      setInterval(() => this.run(), EVERY_MS),
    );
    this.run();
  }

  /** Before the database closes. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.schedule?.doesExist('interval', INTERVAL)) this.schedule.deleteInterval(INTERVAL);
    this.book.stop();
    await this.running;
  }

  private run(): void {
    this.running = this.upkeep.run().catch((error: unknown) => {
      // The class alone: a message may quote a row.
      const name = error instanceof Error ? error.name : 'unknown error';
      this.logger.warn(`the upkeep did not come to its end (${name}); the next run goes on`);
    });
  }
}
