import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type RecordedAttachment,
  type StoredAttachment,
} from '../../libs/conversation-tracker/src/timeline/attachments/attachment-store.js';
import { TimelineHost } from '../support/timeline-host.js';

let host: TimelineHost;

beforeEach(async () => {
  host = await TimelineHost.start();
});

afterEach(() => host.stop());

interface File {
  path: string;
  name?: string;
  type: string;
  stored: StoredAttachment;
}

/** A message of the order with files that lie in the store already. */
async function recordMessage(files: File[], storeId = 'shop', orderId = 'o-1'): Promise<string> {
  const id = host.newId();
  await host.record({
    id,
    storeId,
    orderId,
    direction: 'out',
    step: null,
    internetMessageId: `<${id}@ct.example.com>`,
    dedupeKey: id.repeat(2),
    hasAttachment: true,
    createdAt: host.clock.now(),
    subject: 'Your invoice',
    from: { role: 'store' },
    recipients: [],
    body: { text: '', html: '' },
    attachments: files.map(({ path, name, type, stored: { size } }) => ({ path, name, type, size, inline: false })),
  });
  const recorded = files.map(({ path, type, stored }): RecordedAttachment => ({ ...stored, path, type }));
  await host.database.transaction((manager) => host.attachments.record(manager, { id, storeId }, recorded));
  return id;
}

const store = (bytes: Buffer | Readable, storeId = 'shop') => host.attachments.store(storeId, bytes);
const invoice = async (bytes: Buffer) => [{ path: '2', type: 'application/pdf', stored: await store(bytes) }];
const remove = (id: string, storeId = 'shop') =>
  host.database.transaction((manager) => host.attachments.remove(manager, { id, storeId }));

/** The files of the blob directory with what is in them; the messages' bodies are small. */
async function bigBlobs(): Promise<Buffer[]> {
  const entries = await readdir(host.blobDirectory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return (await Promise.all(files.map((file) => readFile(file)))).filter(({ length }) => length > 1000);
}

const fileOf = (id: string, path: string) => `/conversation-tracker/messages/${id}/attachments/${path}`;

async function download(id: string, path = '2'): Promise<Buffer> {
  const { body } = await host.get(fileOf(id, path)).responseType('blob').expect(200);
  return body as Buffer;
}

describe('the files of messages', () => {
  it('R44 come back byte for byte, whether they went in whole or as a stream, and lie encrypted', async () => {
    const large = Buffer.concat([Buffer.from('ana@customer.example '), randomBytes(300_000)]);
    const small = Buffer.from('small');
    const id = await recordMessage([
      {
        path: '2',
        type: 'application/pdf',
        stored: await store(Readable.from([large.subarray(0, 9), large.subarray(9)])),
      },
      { path: '3', type: 'text/plain', stored: await store(small) },
      { path: '4.1', type: 'image/png', stored: await store(Buffer.alloc(0)) },
    ]);
    expect((await download(id)).equals(large)).toBe(true);
    expect((await download(id, '3')).equals(small)).toBe(true);
    expect((await download(id, '4.1')).length).toBe(0);
    for (const blob of await bigBlobs()) expect(blob.includes('customer')).toBe(false);
  });

  it('R44 lie once in a store, however they come, and in each store apart', async () => {
    const bytes = randomBytes(70_000);
    const first = await recordMessage(await invoice(bytes));
    const second = await recordMessage([{ path: '5', type: 'image/png', stored: await store(Readable.from([bytes])) }]);
    expect(await bigBlobs()).toHaveLength(1);
    await recordMessage([{ path: '2', type: 'image/png', stored: await store(bytes, 'other') }], 'other', 'o-9');
    expect(await bigBlobs()).toHaveLength(2);
    expect((await download(first)).equals(bytes)).toBe(true);
    expect((await download(second, '5')).equals(bytes)).toBe(true);
  });

  it('R44 go when the last message that has them goes', async () => {
    const bytes = randomBytes(70_000);
    const first = await recordMessage(await invoice(bytes));
    const second = await recordMessage(await invoice(bytes));
    await remove(first);
    await host.get(fileOf(first, '2')).expect(404);
    expect((await download(second)).equals(bytes)).toBe(true);
    await remove(second);
    await vi.waitFor(async () => expect(await bigBlobs()).toEqual([]));
    // And may come again.
    expect((await download(await recordMessage(await invoice(bytes)))).equals(bytes)).toBe(true);
  });

  it('R44 stay while a message that has them is about to be recorded', async () => {
    const bytes = randomBytes(70_000);
    const first = await recordMessage(await invoice(bytes));
    const held = await invoice(bytes);
    await remove(first);
    expect((await download(await recordMessage(held))).equals(bytes)).toBe(true);
  });

  it('may be the same in two messages that were stored in one go', async () => {
    const bytes = randomBytes(70_000);
    const files = await invoice(bytes);
    const ids = [await recordMessage(files), await recordMessage(files, 'shop', 'o-2')];
    for (const id of ids) expect((await download(id)).equals(bytes)).toBe(true);
    await remove(ids[0]);
    expect((await download(ids[1])).equals(bytes)).toBe(true);
  });

  it('of a client that went away leave nothing behind', async () => {
    async function* broken() {
      yield randomBytes(100_000);
      await Promise.resolve();
      throw new Error('gone');
    }
    await expect(store(Readable.from(broken()))).rejects.toThrow('gone');
    expect(await bigBlobs()).toEqual([]);
  });
});

describe('a download', () => {
  it('R44 is saved and never opened: with nosniff, a sandbox, and its name in any script', async () => {
    const stored = await store(Buffer.from('x'));
    const id = await recordMessage([{ path: '2', name: 'Factura año 1.pdf', type: 'application/pdf', stored }]);
    const { headers } = await host.get(fileOf(id, '2')).expect(200);
    expect(headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': '1',
      'content-disposition': `attachment; filename="Factura a_o 1.pdf"; filename*=UTF-8''Factura%20a%C3%B1o%201.pdf`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'no-store',
    });
  });

  it.each([
    'text/html',
    'image/svg+xml',
    'application/xml',
    'application/xhtml+xml',
    'text/javascript',
    'application/vnd.x+xml',
    'application/ecmascript',
    'text/css',
    'message/rfc822',
    'x/y',
    'no type',
    '',
  ])('R44 of type "%s" is sent as no type that a browser runs', async (type) => {
    const id = await recordMessage([{ path: '2', type, stored: await store(Buffer.from('<script>')) }]);
    const { headers } = await host.get(fileOf(id, '2')).expect(200);
    expect(headers['content-type']).toBe('application/octet-stream');
    expect(headers['content-disposition']).toContain('filename="attachment-2"');
  });

  it('is there for who may read the timeline of that store, and for nobody else', async () => {
    const id = await recordMessage(await invoice(Buffer.from('x')));
    await host.get(fileOf(id, '2'), { may: 'settings.read' }).expect(403);
    await host.get(fileOf(id, '2'), { store: 'other' }).expect(404);
    const { body, headers } = await host.get(fileOf(id, '3')).expect(404);
    expect(body).toMatchObject({ type: 'urn:conversation-tracker:attachment-not-found', status: 404 });
    expect(headers['content-type']).toContain('application/problem+json');
    host.orders.delete('shop/o-1');
    await host.get(fileOf(id, '2')).expect(404);
  });

  it('fails in the middle instead of giving out changed bytes', async () => {
    const id = await recordMessage(await invoice(randomBytes(2_000_000)));
    const blob = (await readdir(host.blobDirectory, { recursive: true, withFileTypes: true })).filter((one) =>
      one.isFile(),
    );
    const { truncate, stat } = await import('node:fs/promises');
    for (const { parentPath, name } of blob) {
      const file = join(parentPath, name);
      if ((await stat(file)).size > 1_000_000) await truncate(file, 1_000_000);
    }
    await expect(download(id)).rejects.toThrow();
  });
});
