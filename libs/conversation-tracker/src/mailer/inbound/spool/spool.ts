import { type FileHandle, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import { type KeySet } from '../../../persistence/key-ring.js';
import { type MessageFrames } from './segment-scan.js';
import { type AppendFile } from './segment-writer.js';
import { Segment } from './segment.js';
import { SpoolEntry } from './spool-entry.js';
import { SpoolError } from './spool-error.js';
import { lockSpool } from './spool-lock.js';

/** Small enough to be gone soon after its last message is worked on, large enough that files are rarely made. */
const SEGMENT_BYTES = 8 * 1024 * 1024;
/** How long what was worked on stays on the disk at most, where little mail comes in. */
const SEGMENT_MS = 600_000;
const SEGMENT_NAME = /^[0-9a-f]{32}\.spool$/;

/** A message that was taken and is still to be worked on. */
export interface SpooledMessage<Receipt> {
  /** 32 hex digits; they sort by the time of arrival. */
  id: string;
  /** Octets that it takes in the spool, a little more than it has. */
  size: number;
  receipt(): Promise<Receipt>;
  /** The message as it came, in pieces of at most 64 KB. */
  content(): AsyncGenerator<Buffer>;
}

export interface SpoolOptions {
  /** Made when it is missing. One process writes to it at a time. */
  directory: string;
  keys: KeySet;
  clock: Clock;
  /** @default 8 MiB */
  segmentBytes?: number;
  /** For tests: what appends to a segment. */
  appendTo?: (file: FileHandle) => AppendFile;
}

/**
 * Where messages lie, encrypted, from the moment their sender is told that they were taken until rows are made of them (R1).
 * @template Receipt what is known of a message beside its octets, as JSON.
 */
export class Spool<Receipt> {
  private readonly segments = new Set<Segment>();
  private current: Promise<Segment> | undefined;
  private readonly listeners = new Set<() => void>();

  private constructor(
    private readonly options: SpoolOptions,
    private readonly unlock: () => Promise<void>,
  ) {}

  /** Reads what an earlier process left. Its files are not written to again. */
  static async open<Receipt>(options: SpoolOptions): Promise<Spool<Receipt>> {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    const spool = new Spool<Receipt>(options, await lockSpool(options.directory));
    const names = (await readdir(options.directory)).filter((name) => SEGMENT_NAME.test(name)).toSorted();
    for (const name of names) {
      const segment = await Segment.recover(join(options.directory, name), name, options.keys);
      if (segment) spool.segments.add(segment);
      else await rm(join(options.directory, name));
    }
    await spool.sweep();
    return spool;
  }

  /** @throws SpoolError where no file can be made. */
  async begin(): Promise<SpoolEntry<Receipt>> {
    const segment = await this.writable();
    return new SpoolEntry(newId(this.options.clock.now()), segment, async () => {
      await this.sweep();
      for (const tell of this.listeners) tell();
    });
  }

  /** By which encryption keys its files can be read: one id for each file. */
  get masterIds(): string[] {
    return [...this.segments].map(({ masterId }) => masterId);
  }

  /** What is still to be worked on, oldest first. */
  pending(): SpooledMessage<Receipt>[] {
    return [...this.oldestFirst()];
  }

  /** The same one by one: whoever takes a few does not pay for all. */
  *oldestFirst(): Generator<SpooledMessage<Receipt>> {
    for (const segment of this.segments) {
      for (const [id, frames] of segment.pending) yield this.message(segment, id, frames);
    }
  }

  /** Calls `tell` whenever there may be something new to work on. @returns how to end that. */
  onChange(tell: () => void): () => void {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  }

  /** Says that a message is worked on: it is not given out again, and its file goes with the last one in it. */
  async consume(id: string): Promise<void> {
    for (const segment of this.segments) if (segment.pending.has(id)) await segment.consume(id);
    await this.sweep();
  }

  /** Deletes the file at hand where it has become old and all in it is worked on: no message outlives its work for long. */
  async turnOver(): Promise<void> {
    const asked = this.current;
    const segment = await asked?.catch(() => undefined);
    if (!segment || segment.size === 0 || segment.isBusy) return;
    if (this.options.clock.now() - segment.madeAt < SEGMENT_MS) return;
    segment.seal();
    if (this.current === asked) this.current = undefined;
    await this.sweep();
  }

  /** Entries that are still open fail. */
  async close(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    (await current?.catch(() => undefined))?.seal();
    await this.sweep();
    await Promise.all([...this.segments].map((segment) => segment.close()));
    this.segments.clear();
    await this.unlock();
  }

  private message(segment: Segment, id: string, frames: MessageFrames): SpooledMessage<Receipt> {
    return {
      id,
      size: frames.content.reduce((sum, { length }) => sum + length, 0),
      receipt: async () => JSON.parse((await segment.read(frames.receipt)).toString()) as Receipt,
      content: () => segment.readAll(frames.content),
    };
  }

  /** A segment in which one more message has begun, so that it is not swept away meanwhile. */
  private async writable(): Promise<Segment> {
    for (;;) {
      const asked = (this.current ??= this.create());
      const segment = await asked.catch((error: unknown) => {
        if (this.current === asked) this.current = undefined;
        throw SpoolError.from(error);
      });
      if (segment.takesMore && segment.size < (this.options.segmentBytes ?? SEGMENT_BYTES)) {
        segment.begin();
        return segment;
      }
      segment.seal();
      if (this.current === asked) this.current = undefined;
    }
  }

  private async create(): Promise<Segment> {
    const { directory, keys, clock, appendTo = (file) => file } = this.options;
    const now = clock.now();
    const name = `${newId(now)}.spool`;
    const segment = await Segment.create(join(directory, name), name, keys, appendTo, now);
    this.segments.add(segment);
    return segment;
  }

  private async sweep(): Promise<void> {
    for (const segment of this.segments) {
      if (!segment.isFinished) continue;
      this.segments.delete(segment);
      await segment.delete();
    }
  }
}
