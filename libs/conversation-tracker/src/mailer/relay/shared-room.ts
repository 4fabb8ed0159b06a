/** So long room that nobody uses is kept for the next message. */
const KEPT_MS = 10_000;
const STEP = 1024 * 1024;
/** As much of it is kept: one message of the largest size, or some smaller ones. */
const MOST_KEPT = 32 * STEP;

/**
 * Memory that threads share, for one large message after the other. The system gets it back only when the garbage collector
 * runs, which many large messages do not bring about, so what was used is used again.
 */
export class SharedRoom {
  private spare: SharedArrayBuffer[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** Room for so many octets, with whatever was in it before. */
  take(octets: number): Buffer {
    const at = this.spare.findIndex(({ byteLength }) => byteLength >= octets);
    if (at === -1) return Buffer.from(new SharedArrayBuffer(Math.ceil(octets / STEP) * STEP));
    const [room] = this.spare.splice(at, 1);
    return Buffer.from(room);
  }

  /** Says that nobody reads it any more. */
  giveBack({ buffer }: Buffer): void {
    if (!(buffer instanceof SharedArrayBuffer)) return;
    // The one that was used last first: smaller ones go in its favour.
    let kept = 0;
    this.spare = [buffer, ...this.spare].filter(({ byteLength }) => (kept += byteLength) <= MOST_KEPT);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.spare = []), KEPT_MS).unref();
  }
}
