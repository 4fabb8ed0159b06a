import { FRAME_CONTENT, frameKinds } from './frame.js';
import { type Extent } from './segment-scan.js';
import { type Segment } from './segment.js';
import { SpoolError } from './spool-error.js';

/** A message on its way into the spool. Ends by `commit` or by `abort`. */
export class SpoolEntry<Receipt> {
  private readonly frames: Extent[] = [];
  private held: Buffer[] = [];
  private heldBytes = 0;
  private ended = false;

  constructor(
    readonly id: string,
    private readonly segment: Segment,
    /** Told once, when nothing more is written. */
    private readonly onEnd: () => Promise<void>,
  ) {}

  /**
   * Takes the next octets of the message. Whoever waits for it holds back a sender who is faster than the disk.
   * @throws SpoolError
   */
  async write(bytes: Buffer): Promise<void> {
    this.held.push(bytes);
    this.heldBytes += bytes.length;
    if (this.heldBytes >= FRAME_CONTENT) await this.flush();
  }

  /**
   * Closes the message. When it resolves, message and receipt outlive a power cut (R1).
   * @throws SpoolError and the message is not there.
   */
  async commit(receipt: Receipt): Promise<void> {
    try {
      // Asked for at once, so that a small message is one write and one sync.
      const last = this.take();
      const content = last.length > 0 ? [this.appendContent(last, this.frames.length)] : [];
      const count = this.frames.length + content.length;
      const text = Buffer.from(JSON.stringify(receipt));
      const closed = this.segment.append({ id: this.id, kind: frameKinds.receipt, index: count }, text, true);
      const [closing, ...extents] = await Promise.all([closed, ...content]);
      this.segment.pending.set(this.id, { content: [...this.frames, ...extents], receipt: closing });
    } catch (error) {
      throw SpoolError.from(error);
    } finally {
      await this.end();
    }
  }

  /** Forgets the message. What is written of it already goes with the segment. */
  async abort(): Promise<void> {
    await this.end();
  }

  private async flush(): Promise<void> {
    let rest = this.take();
    while (rest.length > 0) {
      const piece = rest.subarray(0, FRAME_CONTENT);
      rest = rest.subarray(FRAME_CONTENT);
      this.frames.push(await this.appendContent(piece, this.frames.length));
    }
  }

  private take(): Buffer {
    const taken = Buffer.concat(this.held);
    this.held = [];
    this.heldBytes = 0;
    return taken;
  }

  private appendContent(piece: Buffer, index: number): Promise<Extent> {
    return this.segment.append({ id: this.id, kind: frameKinds.content, index }, piece, false);
  }

  private async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    this.segment.end();
    await this.onEnd();
  }
}
