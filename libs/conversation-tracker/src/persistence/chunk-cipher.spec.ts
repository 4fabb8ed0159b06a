import { randomBytes } from 'node:crypto';
import { pipeline, Readable, type Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openStream, sealStream } from './chunk-cipher.js';

const key = { id: 'k1', key: randomBytes(32) };
const keyById = (id: string) => (id === key.id ? key.key : undefined);
const CHUNK = 64 * 1024;
const SEALED_CHUNK = CHUNK + 16;
const HEADER = 49;

function through(transform: Transform, pieces: readonly Buffer[]): Promise<Buffer> {
  return buffer(pipeline(Readable.from(pieces), transform, () => undefined));
}

const sealed = (plain: Buffer, context = 'store:blob') => through(sealStream(key, context), [plain]);
const opened = (bytes: Buffer, context = 'store:blob') => through(openStream(keyById, context), [bytes]);

function inPieces(bytes: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}

describe('a sealed stream', () => {
  it.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])(
    'of %i octets opens as it was',
    async (size) => {
      const plain = randomBytes(size);
      expect((await opened(await sealed(plain))).equals(plain)).toBe(true);
    },
  );

  it('opens the same however it is cut on its way', async () => {
    const plain = randomBytes(2 * CHUNK + 123);
    const sizes = fc.integer({ min: 700, max: 150_000 });
    await fc.assert(
      fc.asyncProperty(sizes, sizes, async (written, read) => {
        const bytes = await through(sealStream(key, 'c'), inPieces(plain, written));
        expect((await through(openStream(keyById, 'c'), inPieces(bytes, read))).equals(plain)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('shows nothing of what it holds, and is another one each time', async () => {
    const plain = Buffer.from('ana@customer.example '.repeat(10));
    const [one, two] = [await sealed(plain), await sealed(plain)];
    expect(one.includes('customer')).toBe(false);
    expect(one.equals(two)).toBe(false);
  });

  it('does not open under another context, nor with another key', async () => {
    const bytes = await sealed(Buffer.from('x'));
    await expect(opened(bytes, 'store:other')).rejects.toThrow();
    await expect(
      through(
        openStream(() => randomBytes(32), 'store:blob'),
        [bytes],
      ),
    ).rejects.toThrow();
    await expect(
      through(
        openStream(() => undefined, 'store:blob'),
        [bytes],
      ),
    ).rejects.toMatchObject({
      code: 'configuration-invalid',
    });
  });

  it('does not open where an octet was changed', async () => {
    const bytes = await sealed(randomBytes(200));
    for (const at of [0, 3, 20, HEADER, HEADER + 100, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] ^= 1;
      await expect(opened(changed), `octet ${at}`).rejects.toThrow();
    }
  });

  it('does not open where chunks were dropped, moved or cut off', async () => {
    const bytes = await sealed(randomBytes(3 * CHUNK));
    const header = bytes.subarray(0, HEADER);
    const [a, b, c] = inPieces(bytes.subarray(HEADER), SEALED_CHUNK);
    const broken = [[], [a], [a, b], [a, c], [b, a, c], [a, b, c, c], [a, b, c.subarray(0, -1)], [c]];
    for (const chunks of broken) await expect(opened(Buffer.concat([header, ...chunks]))).rejects.toThrow();
    await expect(opened(Buffer.alloc(0))).rejects.toThrow();
    await expect(opened(header.subarray(0, 10))).rejects.toThrow();
  });
});
