import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Readable } from 'node:stream';
import { type BlobStore } from '../ports/blob-store.js';

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
/** Lower-case hex names, at most four deep: no key leaves the directory, on any file system. */
const KEY = /^[0-9a-f]{1,64}(\/[0-9a-f]{1,64}){0,3}$/;

/** Keeps blobs as files that only the process's own user reads. */
export class FileBlobStore implements BlobStore {
  private readonly root: string;

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
    return file?.createReadStream();
  }

  async delete(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  private async write(key: string, bytes: Buffer | Readable): Promise<void> {
    const path = this.pathOf(key);
    const directory = dirname(path);
    const firstMade = await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
    const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
    try {
      await writeDurably(temporary, bytes);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncDirectories(directory, firstMade ? dirname(firstMade) : directory);
  }

  private pathOf(key: string): string {
    if (!KEY.test(key)) throw new RangeError('the key of a blob is a path of lower-case hex names');
    return join(this.root, key);
  }
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeDurably(path: string, bytes: Buffer | Readable): Promise<void> {
  const file = await open(path, 'wx', FILE_MODE);
  try {
    await writeFile(file, bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A name is durable once its directory is: from the deepest one up to the last that was there before. */
async function syncDirectories(deepest: string, last: string): Promise<void> {
  // Windows opens no directory as a file, and NTFS journals its names.
  if (process.platform === 'win32') return;
  for (let directory = deepest; ; directory = dirname(directory)) {
    const handle = await open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (directory === last) return;
  }
}
