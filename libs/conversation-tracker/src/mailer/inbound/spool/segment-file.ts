import { randomBytes } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { decrypt, encrypt } from '../../../persistence/cipher.js';
import { type KeySet } from '../../../persistence/key-ring.js';

const FILE_MODE = 0o600;
const KEY_BYTES = 32;
/** Room for the sealed key of the segment, whatever the id of the key that sealed it. */
export const SEGMENT_HEADER = 256;

const context = (name: string) => `spool-segment:${name}`;

/** Makes a segment with a key of its own; the name is durable when it resolves. */
export async function createSegmentFile(path: string, name: string, keys: KeySet) {
  const key = randomBytes(KEY_BYTES);
  const file = await open(path, 'wx+', FILE_MODE);
  try {
    const header = Buffer.alloc(SEGMENT_HEADER, '\n');
    header.write(encrypt(key, keys.current, context(name)));
    await file.write(header, 0, SEGMENT_HEADER, 0);
    await file.datasync();
    await syncDirectory(dirname(path));
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
  return { file, key };
}

/** `undefined` for a segment that ends before its key: nothing in it was ever acknowledged. */
export async function readSegmentKey(file: FileHandle, name: string, keys: KeySet) {
  const header = Buffer.alloc(SEGMENT_HEADER);
  const { bytesRead } = await file.read(header, 0, SEGMENT_HEADER, 0);
  const sealed = header.toString('latin1').trimEnd();
  if (bytesRead < SEGMENT_HEADER || !sealed.startsWith('v1.')) return undefined;
  const [, masterId] = sealed.split('.', 2);
  return { key: decrypt(sealed, (id) => keys.byId(id), context(name)), masterId };
}

async function syncDirectory(directory: string): Promise<void> {
  // Windows opens no directory as a file, and NTFS journals its names.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
