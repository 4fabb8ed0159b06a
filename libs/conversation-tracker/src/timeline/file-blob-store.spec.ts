import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileBlobStore } from './file-blob-store.js';

let scratch: string;
let directory: string;
let blobs: FileBlobStore;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'ct-blobs-'));
  directory = join(scratch, 'var', 'blobs');
  blobs = new FileBlobStore(directory);
});

afterEach(() => rm(scratch, { recursive: true }));

describe('blobs in files', () => {
  it('read back as they were, also to the next process', async () => {
    await blobs.put('ab/01/cd', Buffer.from([0, 255, 10]));
    expect(await new FileBlobStore(directory).get('ab/01/cd')).toEqual(Buffer.from([0, 255, 10]));
  });

  it('may be written again, and leave no temporary file behind', async () => {
    await Promise.all([1, 2, 3].map(() => blobs.put('ab/cd', Buffer.from('same'))));
    expect(await readdir(join(directory, 'ab'))).toEqual(['cd']);
  });

  it('are written and read as streams too', async () => {
    const pieces = [Buffer.alloc(100_000, 1), Buffer.alloc(100_000, 2)];
    await blobs.putStream('ab/01/cd', Readable.from(pieces));
    expect((await buffer((await blobs.getStream('ab/01/cd'))!)).equals(Buffer.concat(pieces))).toBe(true);
    expect((await blobs.get('ab/01/cd'))?.length).toBe(200_000);
    expect(await blobs.getStream('ab/01/ce')).toBeUndefined();
  });

  it('are not there, nor is a temporary file, where their stream failed', async () => {
    async function* failing() {
      yield Buffer.from('x');
      await Promise.resolve();
      throw new Error('the client went away');
    }
    await expect(blobs.putStream('ab/cd', Readable.from(failing()))).rejects.toThrow('the client went away');
    expect(await readdir(join(directory, 'ab'))).toEqual([]);
  });

  it('are gone once deleted, and may be deleted twice', async () => {
    await blobs.put('ab', Buffer.from('x'));
    await blobs.delete('ab');
    await blobs.delete('ab');
    expect(await blobs.get('ab')).toBeUndefined();
  });

  it("are readable by the process's own user alone", async () => {
    await blobs.put('ab/cd', Buffer.from('x'));
    const modes = await Promise.all(['', 'ab', 'ab/cd'].map((path) => stat(join(directory, path))));
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '700', '600']);
  });

  it.each(['../ab', 'ab/../../cd', '/ab', 'ab//cd', 'AB', 'ab.tmp', '', 'con', 'a/b/c/d/e'])(
    'have no key like "%s"',
    async (key) => {
      await expect(blobs.put(key, Buffer.from('x'))).rejects.toThrow(RangeError);
      await expect(blobs.get(key)).rejects.toThrow(RangeError);
      await expect(blobs.delete(key)).rejects.toThrow(RangeError);
    },
  );
});
