import { type Extent } from './segment-scan.js';
import { SpoolError } from './spool-error.js';

interface Append {
  pieces: readonly Buffer[];
  length: number;
  durable: boolean;
  resolve: (extent: Extent) => void;
  reject: (error: SpoolError) => void;
}

/** What a segment needs of a file. */
export interface AppendFile {
  writev(buffers: Buffer[], position: number): Promise<{ bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** Appends to one file; all who wait at a moment share one write and one fdatasync. */
export class SegmentWriter {
  private readonly waiting: Append[] = [];
  private running: Promise<void> | undefined;
  private broken: SpoolError | undefined;

  constructor(
    private readonly file: AppendFile,
    /** Up to where the file is written. */
    private end: number,
  ) {}

  /** Octets. */
  get size(): number {
    return this.end;
  }

  /** Nothing can be appended any more: what was written is whole, but nobody knows what the disk has of the rest. */
  get isBroken(): boolean {
    return this.broken !== undefined;
  }

  /**
   * @param pieces one behind the other.
   * @param durable resolve only when these bytes, and all before them, outlive a power cut.
   * @returns where in the file they stand.
   * @throws SpoolError
   */
  append(pieces: readonly Buffer[], durable: boolean): Promise<Extent> {
    if (this.broken) return Promise.reject(this.broken);
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    return new Promise((resolve, reject) => {
      this.waiting.push({ pieces, length, durable, resolve, reject });
      this.running ??= this.run();
    });
  }

  async close(): Promise<void> {
    await this.running;
    this.broken ??= new SpoolError('failed');
    await this.file.close();
  }

  private async run(): Promise<void> {
    // One turn of the event loop lets all that arrived with this one join.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) await this.write(this.waiting.splice(0));
    this.running = undefined;
  }

  private async write(batch: readonly Append[]): Promise<void> {
    if (this.broken) return fail(batch, this.broken);
    const start = this.end;
    try {
      await this.writeAll(
        batch.flatMap(({ pieces }) => pieces),
        start,
      );
    } catch (error) {
      return this.takeBack(batch, start, SpoolError.from(error));
    }
    try {
      if (batch.some(({ durable }) => durable)) await this.file.datasync();
    } catch (error) {
      // A second fdatasync would succeed and mean nothing: the kernel has dropped the pages (fsync-gate, 2018).
      this.broken = SpoolError.from(error);
      return fail(batch, this.broken);
    }
    let offset = start;
    for (const { length, resolve } of batch) {
      resolve({ offset, length });
      offset += length;
    }
  }

  private async writeAll(buffers: Buffer[], start: number): Promise<void> {
    let rest = buffers;
    this.end = start;
    while (rest.length > 0) {
      // A disk that is nearly full takes a part, and says so only when it is asked for the next one.
      const { bytesWritten } = await this.file.writev(rest, this.end);
      this.end += bytesWritten;
      rest = after(rest, bytesWritten);
    }
  }

  /** What follows must not stand behind half a frame. */
  private async takeBack(batch: readonly Append[], start: number, error: SpoolError): Promise<void> {
    try {
      await this.file.truncate(start);
      this.end = start;
    } catch {
      this.broken = error;
    }
    fail(batch, error);
  }
}

function fail(batch: readonly Append[], error: SpoolError): void {
  for (const { reject } of batch) reject(error);
}

function after(buffers: readonly Buffer[], count: number): Buffer[] {
  let skip = count;
  const rest: Buffer[] = [];
  for (const buffer of buffers) {
    if (skip < buffer.length) rest.push(buffer.subarray(skip));
    skip = Math.max(0, skip - buffer.length);
  }
  return rest;
}
