/** Calls `step` while it finds work, and again after `pollMs` or a wake. One step at a time. */
export class PollLoop {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private woken = false;
  private stopped = true;

  /** @param step resolves with whether there may be more work at once. Its errors count as "no work". */
  constructor(
    private readonly step: () => Promise<boolean>,
    private readonly pollMs: number,
  ) {}

  start(): void {
    this.stopped = false;
    this.wake();
  }

  wake(): void {
    this.woken = true;
    if (this.stopped || this.running) return;
    clearTimeout(this.timer);
    this.running = this.run().finally(() => {
      this.running = undefined;
      if (this.woken) this.wake();
      else if (!this.stopped) this.timer = setTimeout(() => this.wake(), this.pollMs).unref();
    });
  }

  /** Resolves when the step under way, if any, has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.woken = false;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    do {
      this.woken = false;
      while (!this.stopped && (await this.step().catch(() => false)));
    } while (this.woken && !this.stopped);
  }
}
