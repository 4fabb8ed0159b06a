import { type FileHandle } from 'node:fs/promises';
import { FRAME_HEADER, frameKinds, openFrame, readFrameHead } from './frame.js';
import { SEGMENT_HEADER } from './segment-file.js';

/** Where in a segment something stands. */
export interface Extent {
  offset: number;
  length: number;
}

/** Where the frames of a whole message stand. */
export interface MessageFrames {
  content: readonly Extent[];
  receipt: Extent;
}

const WINDOW = 256 * 1024;

/** Every message in the segment that was closed, oldest first; whatever a crash has cut short is passed over. */
export async function scanSegment(file: FileHandle, key: Buffer): Promise<Map<string, MessageFrames>> {
  const found = new Map<string, MessageFrames>();
  const open = new Map<string, Extent[]>();
  const { size } = await file.stat();
  const window = new Window(file);
  for (let offset = SEGMENT_HEADER; offset + FRAME_HEADER <= size;) {
    const head = readFrameHead(await window.read(offset, FRAME_HEADER));
    const length = FRAME_HEADER + (head?.payload ?? 0);
    if (!head || offset + length > size) break;
    const { id, kind, index } = head;
    const frames = open.get(id) ?? [];
    const here = { offset, length };
    if (frames.length === index && kind === frameKinds.content) open.set(id, pushed(frames, here));
    if (frames.length === index && kind === frameKinds.receipt && (await isWhole(file, here, key))) {
      found.set(id, { content: frames, receipt: here });
      open.delete(id);
    }
    offset += length;
  }
  return found;
}

function pushed<T>(list: T[], item: T): T[] {
  list.push(item);
  return list;
}

/**
 * What stands there; less where the file ends before.
 * @param room to read it into, where there is enough of it.
 */
export async function readExtent(file: FileHandle, { offset, length }: Extent, room?: Buffer): Promise<Buffer> {
  const octets = room && room.length >= length ? room.subarray(0, length) : Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(octets, 0, length, offset);
  // Behind it may stand an earlier piece, which is whole as well.
  return octets.subarray(0, bytesRead);
}

async function isWhole(file: FileHandle, extent: Extent, key: Buffer): Promise<boolean> {
  const frame = await readExtent(file, extent);
  try {
    openFrame(frame, key);
    return true;
  } catch {
    return false;
  }
}

/** Reads headers, which lie close together, a window at a time. */
class Window {
  private readonly bytes = Buffer.alloc(WINDOW);
  private start = 0;
  private end = 0;

  constructor(private readonly file: FileHandle) {}

  async read(offset: number, length: number): Promise<Buffer> {
    if (offset < this.start || offset + length > this.end) {
      const { bytesRead } = await this.file.read(this.bytes, 0, WINDOW, offset);
      this.start = offset;
      this.end = offset + bytesRead;
    }
    return this.bytes.subarray(offset - this.start, Math.min(offset + length, this.end) - this.start);
  }
}
