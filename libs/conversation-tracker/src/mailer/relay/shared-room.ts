/** So long room that nobody uses is kept for the next message. */
const KEPT_MS = 10_000;
const STEP = 1024 * 1024;

/**
 * Memory that threads share, for large messages one after the other. The system gets it back only when the garbage collector
 * runs, which many large messages do not bring about, so what was used is used again.
 */
export class SharedRoom {
  private spare: SharedArrayBuffer | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** Room for so many octets, with whatever was in it before. */
  take(octets: number): Buffer {
    const { spare } = this;
    if (!spare || spare.byteLength < octets) return Buffer.from(new SharedArrayBuffer(Math.ceil(octets / STEP) * STEP));
    this.spare = undefined;
    clearTimeout(this.timer);
    return Buffer.from(spare);
  }

  /** Says that nobody reads it any more. */
  giveBack({ buffer }: Buffer): void {
    if (!(buffer instanceof SharedArrayBuffer)) return;
    if (!this.spare || this.spare.byteLength < buffer.byteLength) this.spare = buffer;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.spare = undefined), KEPT_MS).unref();
  }
}
