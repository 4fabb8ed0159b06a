import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Readable } from 'node:stream';
import { type BlobStore } from '../ports/blob-store.js';
import { DirectorySyncs } from './directory-syncs.js';

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
/** Each read waits for a thread: few of a large blob, and little memory. */
const READ_AT_ONCE = 256 * 1024;
/** As many directories are used in most of a year by one store. */
const MAX_SETTLED = 1_000;
/** Lower-case hex names, at most four deep: no key leaves the directory, on any file system. */
const KEY = /^[0-9a-f]{1,64}(\/[0-9a-f]{1,64}){0,3}$/;

/** Keeps blobs as files that only the process's own user reads. */
export class FileBlobStore implements BlobStore {
  readonly givesAway = true;
  private readonly root: string;
  private readonly syncs = new DirectorySyncs();
  /** Directories whose own names are durable. */
  private readonly settled = new Set<string>();

  /** @param directory made when it is missing. */
  constructor(directory: string) {
    this.root = resolve(directory);
  }

  /** Whoever reads finds the whole blob or none, also after a power cut. */
  put(key: string, bytes: Buffer): Promise<void> {
    return this.write(key, bytes);
  }

  /** Likewise; a stream that fails leaves no blob. */
  putStream(key: string, bytes: Readable): Promise<void> {
    return this.write(key, bytes);
  }

  async get(key: string): Promise<Buffer | undefined> {
    return unlessMissing(readFile(this.pathOf(key)));
  }

  async getStream(key: string): Promise<Readable | undefined> {
    const file = await unlessMissing(open(this.pathOf(key), 'r'));
    return file?.createReadStream({ highWaterMark: READ_AT_ONCE });
  }

  async sizeOf(key: string): Promise<number | undefined> {
    return (await unlessMissing(stat(this.pathOf(key))))?.size;
  }

  async delete(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  private async write(key: string, bytes: Buffer | Readable): Promise<void> {
    const path = this.pathOf(key);
    const directory = dirname(path);
    const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
    const { file, firstMade } = await create(temporary);
    try {
      await writeDurably(file, bytes);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await this.syncNames(directory, firstMade);
  }

  /**
   * A name is durable once its directory is, and those above it. Above the root, only what this call made; below it, until that
   * was done once for the directory: another call may have made it a moment ago.
   */
  private async syncNames(directory: string, firstMade?: string): Promise<void> {
    await this.syncs.sync(directory);
    if (this.settled.has(directory)) return;
    const last = firstMade && firstMade.length <= this.root.length ? dirname(firstMade) : this.root;
    for (let above = directory; above !== last;) {
      above = dirname(above);
      await this.syncs.sync(above);
    }
    if (this.settled.size >= MAX_SETTLED) this.settled.clear();
    this.settled.add(directory);
  }

  private pathOf(key: string): string {
    if (!KEY.test(key)) throw new RangeError('the key of a blob is a path of lower-case hex names');
    return join(this.root, key);
  }
}

/** Makes the directory only where it is missing, which is rare. */
async function create(path: string): Promise<{ file: FileHandle; firstMade?: string }> {
  const made = () => open(path, 'wx', FILE_MODE);
  const file = await unlessMissing(made());
  if (file) return { file };
  const firstMade = await mkdir(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
  return { file: await made(), firstMade };
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeDurably(file: FileHandle, bytes: Buffer | Readable): Promise<void> {
  try {
    await writeFile(file, bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}
