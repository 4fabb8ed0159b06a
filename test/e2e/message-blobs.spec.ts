import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileBlobStore } from '../../libs/conversation-tracker/src/timeline/file-blob-store.js';
import { BlobRow } from '../../libs/conversation-tracker/src/timeline/blob-row.entity.js';
import { MAX_ROW, MessageBlobs, writeBlobs } from '../../libs/conversation-tracker/src/timeline/message-blobs.js';
import { MessageErasure } from '../../libs/conversation-tracker/src/timeline/message-erasure.js';
import { MessageRecorder } from '../../libs/conversation-tracker/src/timeline/message-recorder.js';
import { MessageVault } from '../../libs/conversation-tracker/src/timeline/message-vault.js';
import { onPostgres } from '../support/database.js';
import { TimelineHost } from '../support/timeline-host.js';

const order = { storeId: 'shop', orderId: 'o-1' };
const SMALL = 'How many plums?';
/** Sealed, more than a row takes. */
const LARGE = 'Plums and pears. '.repeat(MAX_ROW / 16);

let host: TimelineHost;
beforeEach(async () => {
  host = await TimelineHost.start();
});
afterEach(() => host.stop());

const letter = (id: string, text: string) => ({
  ...order,
  id,
  direction: 'in' as const,
  step: null,
  internetMessageId: `<${id}@ct.example.com>`,
  dedupeKey: id.padEnd(64, '0'),
  hasAttachment: false,
  createdAt: host.clock.now(),
  subject: 'Plums',
  from: { role: 'customer' },
  recipients: [],
  body: { text, html: '' },
});

async function record(text: string): Promise<string> {
  const id = host.newId();
  await host.record(letter(id, text));
  return id;
}

async function textOf(id: string): Promise<string | undefined> {
  const { body } = await host.get(`/conversation-tracker/messages/${id}`).expect(200);
  return (body as { text?: string }).text;
}

async function files(): Promise<string[]> {
  const found = await readdir(host.blobDirectory, { recursive: true, withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

const rows = () => host.database.manager.find(BlobRow);

async function erase(): Promise<void> {
  const erasure = host.provider(MessageErasure);
  for (const message of await erasure.ofOrder(order, '', 50)) await erasure.erase(message);
}

describe('the body of a message', () => {
  it('is a row where it is small and a file where it is large, sealed in both, and is gone when it is erased', async () => {
    const ids = [await record(SMALL), await record(LARGE)];
    const [row] = await rows();
    expect(await rows()).toHaveLength(1);
    const [file] = await files();
    expect(await files()).toHaveLength(1);
    for (const lies of [Buffer.from(row.octets, 'base64'), await readFile(file)])
      expect(lies.includes('lums')).toBe(false);
    expect([await textOf(ids[0]), await textOf(ids[1])]).toEqual([SMALL, LARGE]);
    await erase();
    expect([await rows(), await files()]).toEqual([[], []]);
    expect([await textOf(ids[0]), await textOf(ids[1])]).toEqual([undefined, undefined]);
  });

  it.skipIf(onPostgres)('is not left in the files of SQLite once it is erased', async () => {
    await record(SMALL);
    const [{ octets }] = await rows();
    const { database } = host.database.manager.connection.options as { database: string };
    const left = async () => {
      const found = await Promise.all([database, `${database}-wal`].map((path) => readFile(path, 'latin1')));
      return found.some((octetsOfFile) => octetsOfFile.includes(octets.slice(8)));
    };
    expect(await left()).toBe(true);
    // Into the database itself, so that its pages are what has to be overwritten.
    await host.database.clearJournal();
    expect(await left()).toBe(true);
    await erase();
    await host.database.clearJournal();
    expect(await left()).toBe(false);
  });

  it('is not there when its message was never recorded', async () => {
    const recorder = host.provider(MessageRecorder);
    const prepared = await recorder.prepare(letter(host.newId(), SMALL));
    const failing = host.database.transaction(async (manager) => {
      await recorder.recordMessage(manager, prepared);
      throw new Error('crash');
    });
    await expect(failing).rejects.toThrow('crash');
    expect([await rows(), await files()]).toEqual([[], []]);
  });

  it('of an earlier version is a file, which is read, sealed anew and erased as before', async () => {
    const id = await record(SMALL);
    const [{ blobKey, octets }] = await rows();
    await host.database.manager.delete(BlobRow, { blobKey });
    await new FileBlobStore(host.blobDirectory).put(blobKey, Buffer.from(octets, 'base64'));
    expect(await textOf(id)).toBe(SMALL);
    await host.provider(MessageVault).resealBody({ ...order, id, bodyKey: blobKey });
    await host.provider(MessageBlobs).change(blobKey, (sealed) => [sealed]);
    expect([await rows(), (await files()).length]).toEqual([[], 1]);
    expect(await textOf(id)).toBe(SMALL);
    await erase();
    expect(await files()).toEqual([]);
  });

  it('that is erased while it is sealed anew is not back', async () => {
    await record(SMALL);
    const [{ blobKey }] = await rows();
    const blobs = host.provider(MessageBlobs);
    let erasing: Promise<void> = Promise.resolve();
    await blobs.change(blobKey, (sealed) => {
      erasing = blobs.delete([blobKey]);
      return [sealed];
    });
    await erasing;
    expect(await rows()).toEqual([]);
  });
});

it("a store of the host's own gets small blobs too, before the rows that name them", async () => {
  const kept = new Map<string, Buffer>();
  const blobs = new MessageBlobs(host.database, {
    put: async (key, bytes) => void kept.set(key, bytes),
    get: async (key) => kept.get(key),
    delete: async (key) => void kept.delete(key),
  });
  const staged = await blobs.stage('ab/cd', [Buffer.from('small '), Buffer.from('blob')]);
  await host.database.transaction((manager) => writeBlobs(manager, [staged]));
  expect([await rows(), kept.get('ab/cd')?.toString()]).toEqual([[], 'small blob']);
  expect((await blobs.get('ab/cd'))?.toString()).toBe('small blob');
  await blobs.delete(['ab/cd']);
  expect(kept.size).toBe(0);
});
