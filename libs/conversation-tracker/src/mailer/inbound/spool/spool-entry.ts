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
      const closed = this.segment.append({ id: this.id, kind: frameKinds.receipt, index: count }, [text], true);
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
    while (this.heldBytes >= FRAME_CONTENT) {
      this.frames.push(await this.appendContent(this.take(), this.frames.length));
    }
  }

  /** As much of what is held as one frame takes, in the pieces that it came in. */
  private take(): Buffer[] {
    const taken: Buffer[] = [];
    let room = FRAME_CONTENT;
    while (room > 0 && this.held.length > 0) {
      const [piece] = this.held;
      if (piece.length <= room) this.held.shift();
      else this.held[0] = piece.subarray(room);
      taken.push(piece.subarray(0, room));
      room -= Math.min(room, piece.length);
    }
    this.heldBytes -= FRAME_CONTENT - room;
    return taken;
  }

  private appendContent(pieces: readonly Buffer[], index: number): Promise<Extent> {
    return this.segment.append({ id: this.id, kind: frameKinds.content, index }, pieces, false);
  }

  private async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    this.segment.end();
    await this.onEnd();
  }
}
