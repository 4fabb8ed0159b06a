import { type Clock } from '../../kernel/clock.js';

/** Work that can wait gets one tenth of the event loop's time. */
const PAUSE_PER_WORK = 9;

/** Does work after another with pauses, and gives up what is too much. */
export class SpareTime {
  private readonly waiting: { bytes: number; work: () => void }[] = [];
  private waitingBytes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly maxBytes: number,
  ) {}

  /** @returns false where more waits already than is allowed. */
  add(bytes: number, work: () => void): boolean {
    if (this.waitingBytes + bytes > this.maxBytes) return false;
    this.waiting.push({ bytes, work });
    this.waitingBytes += bytes;
    this.timer ??= this.later(0);
    return true;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.waiting.length = 0;
  }

  private later(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.run(), ms).unref();
  }

  private run(): void {
    const next = this.waiting.shift();
    this.timer = undefined;
    if (!next) return;
    this.waitingBytes -= next.bytes;
    const start = this.clock.now();
    try {
      next.work();
    } finally {
      if (this.waiting.length > 0) this.timer = this.later((this.clock.now() - start) * PAUSE_PER_WORK);
    }
  }
}
