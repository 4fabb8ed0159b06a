import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { beforeEach, expect, it } from 'vitest';
import { KeySet } from '../../persistence/key-ring.js';
import { StoreKey } from '../../persistence/store-key.js';
import { type StoreKeys } from '../../persistence/store-keys.js';
import { RawMessages, rawKeyOf } from './raw-messages.js';

const masters = new KeySet('encryption', { current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });
const dataKey = { number: 1, key: randomBytes(32), createdAt: 0 };
const storeKey = new StoreKey({ id: '#1', key: dataKey.key }, [dataKey], masters, () => undefined);
const key = rawKeyOf('shop', '0'.repeat(32));

let blobs: Map<string, Buffer>;
let messages: RawMessages;

beforeEach(() => {
  blobs = new Map();
  messages = new RawMessages(
    {
      stage: async (blobKey, pieces) => void blobs.set(blobKey, Buffer.concat(pieces)),
      write: async (blobKey, pieces) => void blobs.set(blobKey, await buffer(pieces)),
      get: async (blobKey) => Buffer.from(blobs.get(blobKey) ?? ''),
      open: async (blobKey, most) => {
        const sealed = blobs.get(blobKey)!;
        return sealed.length > most ? async () => Readable.from([sealed.subarray(0, 7), sealed.subarray(7)]) : sealed;
      },
      givesAway: true,
      change: async () => undefined,
      delete: async () => undefined,
    },
    { of: async () => storeKey } as Partial<StoreKeys> as StoreKeys,
  );
});

it.each([0, 10, 3_000_000])('a message of %d octets reads back as it was, and lies there encrypted', async (length) => {
  const raw = Buffer.alloc(length, 'Subject: secret ');
  await messages.stage('shop', key, raw);
  expect((await messages.get('shop', key))?.equals(raw)).toBe(true);
  expect(blobs.get(key)?.includes('Subject')).toBe(false);
  await expect(messages.get('other', key)).rejects.toThrow(/authenticate/);
});

it.each([10, 300_000])('a message in pieces of %d octets reads back as one', async (length) => {
  const pieces = ['a', 'b', 'c'].map((letter) => Buffer.alloc(length, letter));
  await messages.stage('shop', key, pieces);
  expect((await messages.get('shop', key))?.equals(Buffer.concat(pieces))).toBe(true);
  const sealed = blobs.get(key)!;
  sealed[sealed.length - 1] ^= 1;
  await expect(messages.get('shop', key)).rejects.toThrow(/authenticate/);
});

it('a large message is a stream, from the start each time, that fails where it was changed', async () => {
  const raw = Buffer.alloc(3_000_000, 'Subject: secret ');
  await messages.stage('shop', key, raw);
  const open = await messages.openToSend('shop', key);
  if (typeof open !== 'function') throw new Error('no stream');
  for (let turn = 0; turn < 2; turn++) expect((await buffer(await open())).equals(raw)).toBe(true);
  blobs.get(key)![2_000_000] ^= 1;
  await expect(open().then(buffer)).rejects.toThrow(/authenticate/);
  await messages.stage('shop', key, Buffer.from('small'));
  expect(String(await messages.openToSend('shop', key))).toBe('small');
});

it('a message that was stored as text reads back too', async () => {
  blobs.set(key, Buffer.from(storeKey.seal('Subject: old', `raw:shop:${key}`)));
  expect((await messages.get('shop', key))?.toString()).toBe('Subject: old');
  blobs.set(key, Buffer.from(storeKey.seal('Subject: old'.repeat(100_000), `raw:shop:${key}`)));
  expect(String(await messages.openToSend('shop', key))).toHaveLength(1_200_000);
});
