import { open, rm, type FileHandle } from 'node:fs/promises';
import { type KeySet } from '../../../persistence/key-ring.js';
import { DoneFile } from './done-file.js';
import { type FrameHead, openFrame, sealFrame } from './frame.js';
import { createSegmentFile, readSegmentKey, SEGMENT_HEADER } from './segment-file.js';
import { type Extent, type MessageFrames, readExtent, scanSegment } from './segment-scan.js';
import { type AppendFile, SegmentWriter } from './segment-writer.js';
import { SpoolError } from './spool-error.js';

/** One file of the spool, with the messages in it that are still to be worked on. */
export class Segment {
  /** By id, oldest first. */
  readonly pending = new Map<string, MessageFrames>();
  /** Messages that are being written into it now. */
  private open = 0;
  private sealed = false;
  private readonly done: DoneFile;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly key: Buffer,
    private readonly writer: SegmentWriter | undefined,
    /** Epoch milliseconds. */
    readonly madeAt: number,
    /** Id of the encryption key by which the segment's own is encrypted. */
    readonly masterId: string,
  ) {
    this.done = new DoneFile(`${path}.done`);
  }

  /** @param now epoch milliseconds */
  static async create(path: string, name: string, keys: KeySet, wrap: (file: FileHandle) => AppendFile, now: number) {
    const { file, key } = await createSegmentFile(path, name, keys);
    return new Segment(path, file, key, new SegmentWriter(wrap(file), SEGMENT_HEADER), now, keys.current.id);
  }

  /** Reads what an earlier process left; `undefined` where nothing in it was ever acknowledged. */
  static async recover(path: string, name: string, keys: KeySet): Promise<Segment | undefined> {
    const file = await open(path, 'r');
    const sealed = await readSegmentKey(file, name, keys);
    if (!sealed) {
      await file.close();
      return undefined;
    }
    const segment = new Segment(path, file, sealed.key, undefined, 0, sealed.masterId);
    const done = await segment.done.read();
    for (const [id, frames] of await scanSegment(file, sealed.key)) if (!done.has(id)) segment.pending.set(id, frames);
    segment.sealed = true;
    return segment;
  }

  /** Octets of messages. */
  get size(): number {
    return (this.writer?.size ?? SEGMENT_HEADER) - SEGMENT_HEADER;
  }

  get takesMore(): boolean {
    return !this.sealed && this.writer?.isBroken === false;
  }

  /** All in it is worked on, and nothing more will come. */
  get isFinished(): boolean {
    return this.sealed && this.open === 0 && this.pending.size === 0;
  }

  /** Something in it is being written or worked on. */
  get isBusy(): boolean {
    return this.open > 0 || this.pending.size > 0;
  }

  begin(): void {
    this.open += 1;
  }

  end(): void {
    this.open -= 1;
  }

  /** No new message begins here; those being written go on. */
  seal(): void {
    this.sealed = true;
  }

  /** @param durable see {@link SegmentWriter.append}. */
  async append(head: FrameHead, plain: readonly Buffer[], durable: boolean): Promise<Extent> {
    try {
      return await this.writer!.append(sealFrame(head, plain, this.key), durable);
    } catch (error) {
      // On a full disk, only a file to which nothing is added any more can go when all in it is worked on.
      if (error instanceof SpoolError && error.reason === 'full') this.seal();
      throw error;
    }
  }

  /** @throws where the disk changed what was written. */
  async read(extent: Extent, room?: Buffer): Promise<Buffer> {
    return openFrame(await readExtent(this.file, extent, room), this.key);
  }

  /** What {@link read} gives for each, in order; of a large message there is no new room taken for every piece. */
  async *readAll(extents: readonly Extent[]): AsyncGenerator<Buffer> {
    const room = extents.length > 1 ? Buffer.allocUnsafe(Math.max(...extents.map(({ length }) => length))) : undefined;
    for (const extent of extents) yield await this.read(extent, room);
  }

  /** Not synced: whoever works on a message does it idempotently, and may be given it again after a power cut. */
  async consume(id: string): Promise<void> {
    await this.done.add(id);
    this.pending.delete(id);
  }

  async close(): Promise<void> {
    await this.done.close();
    await (this.writer ? this.writer.close() : this.file.close());
  }

  async delete(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
    await this.done.delete();
  }
}
